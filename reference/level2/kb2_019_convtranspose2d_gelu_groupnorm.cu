#include "ops/activation.cuh"
#include "ops/convolution.cuh"
#include "ops/normalization.cuh"

using namespace ops;

extern "C" void solve(const f32* x, const f32* weight, const f32* bias, const f32* gamma, const f32* beta, f32* y,
                      int batch, int in_channels, int out_channels, int groups, int height, int width) {
    const auto c =
        conv_transpose2d(tensor(x, batch, in_channels, height, width), tensor(weight, in_channels, out_channels, 3, 3),
                         tensor(bias, out_channels), {.stride = 1});
    const auto g = gelu(c);
    group_norm(g, groups, tensor(gamma, out_channels), tensor(beta, out_channels), 1e-5, y);
}
