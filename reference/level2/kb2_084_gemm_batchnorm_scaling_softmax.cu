#include "ops/elementwise.cuh"
#include "ops/matmul.cuh"
#include "ops/normalization.cuh"
#include "ops/softmax.cuh"

using namespace ops;

extern "C" void solve(const f32* x, const f32* weight, const f32* bias, const f32* gamma, const f32* beta,
                      const f32* scale, f32* y, int batch, int in_features, int out_features, f32 eps) {
    const auto c =
        linear(tensor(x, batch, in_features), tensor(weight, out_features, in_features), tensor(bias, out_features));
    const auto n = batch_norm(c, tensor(gamma, out_features), tensor(beta, out_features), eps);
    softmax(multiply(n, tensor(scale, 1)), 1, y);
}
