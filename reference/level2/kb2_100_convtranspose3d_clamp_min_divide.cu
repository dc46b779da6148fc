#include "ops/convolution.cuh"
#include "ops/elementwise.cuh"

using namespace ops;

extern "C" void solve(const f32* x, const f32* weight, const f32* bias, f32* y, int batch, int in_channels,
                      int out_channels, int depth, int height, int width, f32 low, f32 divisor) {
    const auto c = conv_transpose3d(tensor(x, batch, in_channels, depth, height, width),
                                    tensor(weight, in_channels, out_channels, 3, 3, 3), tensor(bias, out_channels),
                                    {.stride = 2, .padding = 1});
    divide(maximum(c, low), divisor, y);
}
