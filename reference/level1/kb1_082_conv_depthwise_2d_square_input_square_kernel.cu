#include "ops/convolution.cuh"

using namespace ops;

extern "C" void solve(const f32* x, const f32* weight, f32* y, int batch, int channels, int height, int width) {
    conv2d(tensor(x, batch, channels, height, width), tensor(weight, channels, 1, 3, 3), {}, {.groups = channels}, y);
}
