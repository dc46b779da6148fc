#include "ops/loss.cuh"

using namespace ops;

extern "C" void solve(const f32* anchor, const f32* positive, const f32* negative, f32* loss, int rows, int cols) {
    triplet_margin_loss(tensor(anchor, rows, cols), tensor(positive, rows, cols), tensor(negative, rows, cols), 1,
                        loss);
}
