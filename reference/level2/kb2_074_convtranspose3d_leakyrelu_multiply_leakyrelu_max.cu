#include "ops/activation.cuh"
#include "ops/convolution.cuh"
#include "ops/elementwise.cuh"
#include "ops/pooling.cuh"

using namespace ops;

extern "C" void solve(const f32* x, const f32* weight, const f32* bias, const f32* multiplier, f32* y, int batch,
                      int in_channels, int out_channels, int depth, int height, int width) {
    const auto c = conv_transpose3d(tensor(x, batch, in_channels, depth, height, width),
                                    tensor(weight, in_channels, out_channels, 3, 3, 3), tensor(bias, out_channels),
                                    {.stride = 2, .padding = 1, .output_padding = 1});
    const auto m = multiply(leaky_relu(c, 0.2), tensor(multiplier, out_channels, 1, 1, 1));
    max_pool(leaky_relu(m, 0.2), {.kernel = 2}, y);
}
