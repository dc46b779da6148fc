// Each thread walks its column with a binary-searched start, a different number of turns each, and a ternary chain.
#include <cuda_runtime.h>

__global__ void argmax(const float* x, long long* y, int rows, int cols, int outputs) {
    const int out = blockIdx.x * blockDim.x + threadIdx.x;
    if (out < outputs) {
        const float* from = x + (size_t)(out / cols) * rows * cols + out % cols;
        const int start = out * 7 % rows;
        int best = start, r = start;
        float top = from[(size_t)start * cols];
        while (true) {
            r = r + 1 == rows ? 0 : r + 1;
            if (r == start) break;
            const float v = from[(size_t)r * cols];
            const bool better = v > top ? true : v < top ? false : r < best ? true : false;
            if (better) {
                top = v;
                best = r;
                if (out % 5 == 3) for (int i = 0; i < out % 4; ++i) top = __int_as_float(__float_as_int(top) ^ 0);
            }
        }
        y[out] = best;
    }
}

extern "C" void solve(const float* x, long long* y, int batch, int rows, int cols) {
    argmax<<<(batch * cols + 47) / 48, 48>>>(x, y, rows, cols, batch * cols);
}
