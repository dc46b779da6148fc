#include "ops/convolution.cuh"
#include "ops/elementwise.cuh"
#include "ops/pooling.cuh"
#include "ops/softmax.cuh"

using namespace ops;

extern "C" void solve(const f32* x, const f32* weight, const f32* bias, const f32* scale, f32* y, int batch,
                      int in_channels, int out_channels, int depth, int height, int width, f32 low, f32 high) {
    const auto a = avg_pool(tensor(x, batch, in_channels, depth, height, width), {.kernel = 2});
    const auto c = clamp(conv_transpose3d(a, tensor(weight, in_channels, out_channels, 3, 3, 3),
                                          tensor(bias, out_channels), {.stride = 2, .padding = 1, .output_padding = 1}),
                         low, high);
    const auto s = softmax(c.reshape(batch, out_channels, c.size() / batch / out_channels), 2);
    multiply(s.reshape(c.shape), tensor(scale, out_channels, 1, 1, 1), y);
}
