#include "ops/convolution.cuh"
#include "ops/elementwise.cuh"
#include "ops/normalization.cuh"

using namespace ops;

extern "C" void solve(const f32* x, const f32* weight, const f32* bias, const f32* gamma, const f32* beta,
                      const bool* keep, f32* y, int batch, int in_channels, int out_channels, int groups, int depth,
                      int height, int width, f32 limit, f32 low, f32 high, f32 p) {
    const auto c = conv3d(tensor(x, batch, in_channels, depth, height, width),
                          tensor(weight, out_channels, in_channels, 3, 3, 3), tensor(bias, out_channels));
    const auto n = group_norm(c, groups, tensor(gamma, out_channels), tensor(beta, out_channels), 1e-5);
    const auto m = clamp(minimum(n, limit), low, high);
    dropout(m, tensor(keep, batch, out_channels, depth - 2, height - 2, width - 2), p, y);
}
