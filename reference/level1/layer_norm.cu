#include "ops/normalization.cuh"

using namespace ops;

extern "C" void solve(const f32* x, const f32* weight, const f32* bias, f32* y, int rows, int cols, f32 eps) {
    layer_norm(tensor(x, rows, cols), tensor(weight, cols), tensor(bias, cols), eps, y);
}
