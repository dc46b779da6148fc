#include "ops/loss.cuh"

using namespace ops;

extern "C" void solve(const f32* predictions, const index_t* targets, f32* loss, int batch, int classes) {
    cross_entropy(tensor(predictions, batch, classes), tensor(targets, batch), loss);
}
