#include "ops/pooling.cuh"

using namespace ops;

extern "C" void solve(const f32* x, f32* y, int batch, int channels, int height, int width) {
    max_pool(tensor(x, batch, channels, height, width), {.kernel = 2}, y);
}
