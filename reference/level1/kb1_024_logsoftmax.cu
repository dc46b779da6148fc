#include "ops/softmax.cuh"

using namespace ops;

extern "C" void solve(const f32* x, f32* y, int rows, int cols) {
    log_softmax(tensor(x, rows, cols), 1, y);
}
