#include "ops/activation.cuh"
#include "ops/convolution.cuh"
#include "ops/elementwise.cuh"
#include "ops/normalization.cuh"

using namespace ops;

extern "C" void solve(const f32* x, const f32* weight, const f32* bias, const f32* gamma, const f32* beta, f32* y,
                      int batch, int in_channels, int out_channels, int depth, int height, int width, f32 eps,
                      f32 factor) {
    const auto c = conv_transpose3d(tensor(x, batch, in_channels, depth, height, width),
                                    tensor(weight, in_channels, out_channels, 4, 4, 4), tensor(bias, out_channels),
                                    {.stride = 2, .padding = 1});
    const auto n = layer_norm(c, tensor(gamma, 2 * width), tensor(beta, 2 * width), eps);
    multiply(gelu(n), factor, y);
}
