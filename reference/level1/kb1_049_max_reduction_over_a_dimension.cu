#include "ops/reduce.cuh"

using namespace ops;

extern "C" void solve(const f32* x, f32* y, int batch, int rows, int cols) {
    ops::max(tensor(x, batch, rows, cols), 1, y);
}
