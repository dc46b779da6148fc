#include "ops/activation.cuh"

using namespace ops;

extern "C" void solve(const f32* x, f32* y, int rows, int cols) {
    ops::tanh(tensor(x, rows, cols), y);
}
