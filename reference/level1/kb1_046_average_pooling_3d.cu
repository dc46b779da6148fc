#include "ops/pooling.cuh"

using namespace ops;

extern "C" void solve(const f32* x, f32* y, int batch, int channels, int depth, int height, int width) {
    avg_pool(tensor(x, batch, channels, depth, height, width), {.kernel = 3, .stride = 2, .padding = 1}, y);
}
