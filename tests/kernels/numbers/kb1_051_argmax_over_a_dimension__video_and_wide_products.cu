// Division by a wide multiplication (mul.hi), clz for its shift, 128-bit division of the library, sad and selp.
#include <cuda_runtime.h>

struct Divider {
    unsigned divisor, magic, shift;
};

__device__ unsigned divide(unsigned n, Divider d) {
    const unsigned t = __umulhi(n, d.magic);
    return (t + ((n - t) >> 1)) >> d.shift;
}

__global__ void argmax(const float* x, long long* y, int rows, int cols, int outputs, Divider by_cols) {
    const unsigned out = blockIdx.x * blockDim.x + threadIdx.x;
    if (out >= outputs) return;
    const unsigned b = cols == 1 ? out : divide(out, by_cols), c = out - b * cols;
    const unsigned __int128 wide = (unsigned __int128)b * rows * cols + c;
    const float* from = x + (size_t)wide;
    int best = 0, ahead = 0;
    for (int r = 1; r < rows; ++r) {
        best = from[(size_t)r * cols] > from[(size_t)best * cols] ? r : best;
        ahead = __sad(r, best, ahead);
    }
    y[out] = ahead < 0 ? -1 : (long long)best;
}

extern "C" void solve(const float* x, long long* y, int batch, int rows, int cols) {
    Divider d{(unsigned)cols, 0, 0};
    if (cols > 1) {
        int log = 32 - __builtin_clz(cols - 1);
        d.magic = (unsigned)(((1ull << 32) * ((1ull << log) - cols)) / cols + 1);
        d.shift = log - 1;
    }
    argmax<<<(batch * cols + 95) / 96, 96>>>(x, y, rows, cols, batch * cols, d);
}
