#include "ops/pooling.cuh"

using namespace ops;

extern "C" void solve(const f32* x, f32* y, int batch, int channels, int length) {
    max_pool(tensor(x, batch, channels, length), {.kernel = 8, .stride = 1, .padding = 4, .dilation = 3}, y);
}
