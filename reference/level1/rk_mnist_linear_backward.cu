#include "ops/matmul.cuh"

using namespace ops;

extern "C" void solve(const f32* dy, const f32* x, const f32* weights, f32* dx, f32* dweights, f32* dbiases, int batch,
                      int in_features, int out_features) {
    const auto gradient = tensor(dy, batch, out_features);
    linear_backward_input(gradient, tensor(weights, out_features, in_features), dx);
    linear_backward_weight(gradient, tensor(x, batch, in_features), dweights);
    linear_backward_bias(gradient, dbiases);
}
