#include "ops/activation.cuh"
#include "ops/convolution_backward.cuh"
#include "ops/pooling_backward.cuh"

using namespace ops;

extern "C" void solve(const f32* dy, const f32* x, const f32* weights, const f32* biases, f32* dx, f32* dweights,
                      f32* dbiases, int batch, int in_channels, int out_channels, int height, int width) {
    const auto images = tensor(x, batch, in_channels, height, width);
    const auto filters = tensor(weights, out_channels, in_channels, 3, 3);
    const auto c = conv2d(images, filters, tensor(biases, out_channels));
    const auto of_pool = tensor(dy, batch, out_channels, (height - 2) / 2, (width - 2) / 2);
    const auto dc = relu_backward(max_pool_backward(of_pool, relu(c), {.kernel = 2}), c);
    conv2d_backward_input(dc, filters, images.shape, {}, dx);
    conv2d_backward_weight(dc, images, filters.shape, {}, dweights);
    conv_backward_bias(dc, dbiases);
}
