// The mask as bits of a ballot; lanes whose bits are all clear below add nothing and leave the loop's body early.
#include <cuda_runtime.h>

__global__ void scan(const float* x, const bool* mask, float* y, int rows, int cols) {
    const int row = (blockIdx.x * blockDim.x + threadIdx.x) >> 5, lane = threadIdx.x & 31;
    if (row >= rows) return;
    float carry = 0;
    for (int base = 0; base < cols; base += 32) {
        const int c = base + lane;
        const bool on = c < cols && mask[(size_t)row * cols + c];
        const unsigned bits = __ballot_sync(0xffffffff, on);
        float v = on ? x[(size_t)row * cols + c] : 0.0f;
        if (bits != 0) {
#pragma unroll
            for (int d = 1; d < 32; d += d) {
                const float left = __shfl_up_sync(0xffffffff, v, d);
                if (lane >= d) v += left;
            }
        }
        if (c < cols) y[(size_t)row * cols + c] = carry + v;
        if (bits != 0) carry += __shfl_sync(0xffffffff, v, 31);
    }
}

extern "C" void solve(const float* x, const bool* mask, float* y, int rows, int cols) {
    scan<<<(rows * 32 + 127) / 128, 128>>>(x, mask, y, rows, cols);
}
