#include "ops/convolution.cuh"

using namespace ops;

extern "C" void solve(const f32* x, const f32* depthwise, const f32* pointwise, f32* y, int batch, int in_channels,
                      int out_channels, int height, int width) {
    const auto filtered = conv2d(tensor(x, batch, in_channels, height, width), tensor(depthwise, in_channels, 1, 3, 3),
                                 {}, {.padding = 1, .groups = in_channels});
    conv2d(filtered, tensor(pointwise, out_channels, in_channels, 1, 1), {}, {}, y);
}
