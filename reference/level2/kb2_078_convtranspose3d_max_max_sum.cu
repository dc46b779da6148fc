#include "ops/convolution.cuh"
#include "ops/pooling.cuh"
#include "ops/reduce.cuh"

using namespace ops;

extern "C" void solve(const f32* x, const f32* weight, const f32* bias, f32* y, int batch, int in_channels,
                      int out_channels, int depth, int height, int width) {
    const auto c = conv_transpose3d(tensor(x, batch, in_channels, depth, height, width),
                                    tensor(weight, in_channels, out_channels, 5, 5, 5), tensor(bias, out_channels),
                                    {.stride = 2, .padding = 2});
    const auto m = max_pool(max_pool(c, {.kernel = 2}), {.kernel = 3});
    sum(m, 1, y);
}
