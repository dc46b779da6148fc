#include <cuda_runtime.h>

// One pass for the total of each row, a second for the prefix: y = total - (sum before the element).
__global__ void reverse_scan(const float* __restrict__ x, float* __restrict__ y, int cols) {
    __shared__ float of_warp[8];
    const float* from = x + (size_t)blockIdx.x * cols;
    float* to = y + (size_t)blockIdx.x * cols;
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    float all = 0.f;
    for (int i = threadIdx.x; i < cols; i += 256) all += from[i];
    for (int d = 16; d > 0; d >>= 1) all += __shfl_xor_sync(0xffffffff, all, d);
    if (lane == 0) of_warp[warp] = all;
    __syncthreads();
    all = 0.f;
    for (int w = 0; w < 8; ++w) all += of_warp[w];
    __syncthreads();
    float carry = 0.f;
    for (int first = 0; first < cols; first += 256) {
        const int i = first + threadIdx.x;
        float v = i < cols ? from[i] : 0.f;
        for (int d = 1; d < 32; d <<= 1) {
            const float before = __shfl_up_sync(0xffffffff, v, d);
            if (lane >= d) v += before;
        }
        if (lane == 31) of_warp[warp] = v;
        __syncthreads();
        float before = 0.f, total = 0.f;
        for (int w = 0; w < 8; ++w) {
            if (w < warp) before += of_warp[w];
            total += of_warp[w];
        }
        if (i < cols) to[i] = all - (carry + before + v);
        carry += total;
        __syncthreads();
    }
}

extern "C" void solve(const float* x, float* y, int rows, int cols) {
    reverse_scan<<<rows, 256>>>(x, y, cols);
}
