#include "ops/activation.cuh"
#include "ops/matmul.cuh"

using namespace ops;

extern "C" void solve(const f32* dy, const f32* x, const f32* weights, const f32* biases, f32* dx, f32* dweights,
                      f32* dbiases, int batch, int in_features, int out_features) {
    const auto c =
        linear(tensor(x, batch, in_features), tensor(weights, out_features, in_features), tensor(biases, out_features));
    const auto gradient = relu_backward(tensor(dy, batch, out_features), c);
    linear_backward_input(gradient, tensor(weights, out_features, in_features), dx);
    linear_backward_weight(gradient, tensor(x, batch, in_features), dweights);
    linear_backward_bias(gradient, dbiases);
}
