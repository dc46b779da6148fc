#include "ops/activation.cuh"
#include "ops/convolution.cuh"
#include "ops/elementwise.cuh"
#include "ops/normalization.cuh"
#include "ops/pooling.cuh"

using namespace ops;

extern "C" void solve(const f32* x, const f32* weight, const f32* bias, const f32* added, const f32* gamma,
                      const f32* beta, f32* y, int batch, int in_channels, int out_channels, int depth, int height,
                      int width) {
    const auto c = add(conv_transpose3d(tensor(x, batch, in_channels, depth, height, width),
                                        tensor(weight, in_channels, out_channels, 3, 3, 3), tensor(bias, out_channels),
                                        {.stride = 2, .padding = 1, .output_padding = 1}),
                       tensor(added, 1));
    const auto n = layer_norm(c, tensor(gamma, 2 * width), tensor(beta, 2 * width), 1e-5);
    gelu(avg_pool(n, {.kernel = 2}), y);
}
