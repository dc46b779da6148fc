#include "ops/elementwise.cuh"
#include "ops/matmul.cuh"
#include "ops/softmax.cuh"

using namespace ops;

extern "C" void solve(const f32* x, const f32* weight, const f32* bias, const bool* keep, f32* y, int batch,
                      int in_features, int out_features, f32 p) {
    const auto c =
        linear(tensor(x, batch, in_features), tensor(weight, out_features, in_features), tensor(bias, out_features));
    const auto d = dropout(c, tensor(keep, batch, out_features), p);
    softmax(d, 1, y);
}
