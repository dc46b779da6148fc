#include "ops/elementwise.cuh"
#include "ops/matmul.cuh"
#include "ops/normalization.cuh"
#include "ops/reduce.cuh"

using namespace ops;

extern "C" void solve(const f32* x, const f32* weight, const f32* bias, const f32* gamma, const f32* beta,
                      const f32* shift, f32* y, int batch, int in_features, int out_features, int groups) {
    const auto c =
        linear(tensor(x, batch, in_features), tensor(weight, out_features, in_features), tensor(bias, out_features));
    const auto n = group_norm(c, groups, tensor(gamma, out_features), tensor(beta, out_features), 1e-5);
    add(min(n, 1), tensor(shift, out_features, 1), y);
}
