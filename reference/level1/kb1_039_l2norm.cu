#include "ops/normalization.cuh"

using namespace ops;

extern "C" void solve(const f32* x, f32* y, int rows, int cols) {
    l2_normalize(tensor(x, rows, cols), 1, y);
}
