#include "ops/activation.cuh"
#include "ops/convolution.cuh"
#include "ops/elementwise.cuh"

using namespace ops;

extern "C" void solve(const f32* x, const f32* weight, const f32* bias, const f32* scale, const f32* multiplier, f32* y,
                      int batch, int in_channels, int out_channels, int depth, int height, int width) {
    const auto c = conv3d(tensor(x, batch, in_channels, depth, height, width),
                          tensor(weight, out_channels, in_channels, 3, 3, 3), tensor(bias, out_channels));
    const auto t = tanh(multiply(c, tensor(scale, out_channels, 1, 1, 1)));
    sigmoid(multiply(t, tensor(multiplier, out_channels, 1, 1, 1)), y);
}
