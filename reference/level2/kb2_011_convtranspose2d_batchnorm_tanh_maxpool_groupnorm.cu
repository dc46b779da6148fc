#include "ops/activation.cuh"
#include "ops/convolution.cuh"
#include "ops/normalization.cuh"
#include "ops/pooling.cuh"

using namespace ops;

extern "C" void solve(const f32* x, const f32* weight, const f32* bias, const f32* gamma, const f32* beta,
                      const f32* group_gamma, const f32* group_beta, f32* y, int batch, int in_channels,
                      int out_channels, int groups, int height, int width) {
    const auto c =
        conv_transpose2d(tensor(x, batch, in_channels, height, width), tensor(weight, in_channels, out_channels, 5, 5),
                         tensor(bias, out_channels), {.padding = 1});
    const auto n = batch_norm(c, tensor(gamma, out_channels), tensor(beta, out_channels), 1e-5);
    const auto m = max_pool(tanh(n), {.kernel = 2});
    group_norm(m, groups, tensor(group_gamma, out_channels), tensor(group_beta, out_channels), 1e-5, y);
}
