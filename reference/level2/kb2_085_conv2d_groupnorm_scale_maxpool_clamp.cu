#include "ops/convolution.cuh"
#include "ops/elementwise.cuh"
#include "ops/normalization.cuh"
#include "ops/pooling.cuh"

using namespace ops;

extern "C" void solve(const f32* x, const f32* weight, const f32* bias, const f32* gamma, const f32* beta,
                      const f32* scale, f32* y, int batch, int in_channels, int out_channels, int groups, int height,
                      int width, f32 low, f32 high) {
    const auto c = conv2d(tensor(x, batch, in_channels, height, width), tensor(weight, out_channels, in_channels, 3, 3),
                          tensor(bias, out_channels));
    const auto n = group_norm(c, groups, tensor(gamma, out_channels), tensor(beta, out_channels), 1e-5);
    const auto m = max_pool(multiply(n, tensor(scale, out_channels, 1, 1)), {.kernel = 4});
    clamp(m, low, high, y);
}
