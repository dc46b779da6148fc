#include "ops/elementwise.cuh"
#include "ops/matmul.cuh"
#include "ops/normalization.cuh"

using namespace ops;

extern "C" void solve(const f32* x, const f32* weight, const f32* bias, const f32* z, f32* y, int batch,
                      int in_features, int out_features) {
    const auto c =
        linear(tensor(x, batch, in_features), tensor(weight, out_features, in_features), tensor(bias, out_features));
    const auto n = instance_norm(c.reshape(batch, 1, 1, out_features), 1e-5);
    const auto residual = tensor(z, batch, out_features);
    multiply(add(n.reshape(batch, out_features), residual), residual, y);
}
