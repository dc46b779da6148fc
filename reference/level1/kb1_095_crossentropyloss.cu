#include "ops/loss.cuh"

using namespace ops;

extern "C" void solve(const f32* predictions, const index_t* labels, f32* loss, int rows, int cols) {
    cross_entropy(tensor(predictions, rows, cols), tensor(labels, rows), loss);
}
