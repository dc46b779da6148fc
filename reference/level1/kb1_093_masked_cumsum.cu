#include "ops/scan.cuh"

using namespace ops;

extern "C" void solve(const f32* x, const bool* mask, f32* y, int rows, int cols) {
    masked_cumsum(tensor(x, rows, cols), tensor(mask, rows, cols), {}, y);
}
