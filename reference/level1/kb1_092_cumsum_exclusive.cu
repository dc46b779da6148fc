#include "ops/scan.cuh"

using namespace ops;

extern "C" void solve(const f32* x, f32* y, int rows, int cols) {
    cumsum(tensor(x, rows, cols), {.exclusive = true}, y);
}
