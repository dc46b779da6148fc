#include "ops/activation.cuh"
#include "ops/convolution.cuh"
#include "ops/elementwise.cuh"
#include "ops/pooling.cuh"

using namespace ops;

extern "C" void solve(const f32* x, const f32* weight, const f32* bias, f32* y, int batch, int in_channels,
                      int out_channels, int height, int width, f32 offset) {
    const auto c = conv2d(tensor(x, batch, in_channels, height, width), tensor(weight, out_channels, in_channels, 3, 3),
                          tensor(bias, out_channels));
    const auto h = hard_swish(subtract(c, offset));
    mish(max_pool(h, {.kernel = 2}), y);
}
