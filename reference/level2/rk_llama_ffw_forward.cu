#include "ops/activation.cuh"
#include "ops/elementwise.cuh"
#include "ops/matmul.cuh"

using namespace ops;

extern "C" void solve(const f32* x, const f32* gate_proj, const f32* up_proj, const f32* down_proj, f32* y, int batch,
                      int tokens, int features, int up_features) {
    const auto tokens_of = tensor(x, batch, tokens, features);
    const auto gate = swish(linear(tokens_of, tensor(gate_proj, up_features, features)));
    const auto up = linear(tokens_of, tensor(up_proj, up_features, features));
    linear(multiply(gate, up), tensor(down_proj, features, up_features), y);
}
