#include <cuda_runtime.h>

// A row of the result for each block row; neighbouring threads read neighbouring factors.
__global__ void scale_rows(const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c, int n, int m) {
    const int row = blockIdx.y;
        for (int col = blockIdx.x * blockDim.x + threadIdx.x; col < m; col += gridDim.x * blockDim.x) {
        c[(size_t)row * m + col] = a[col % n] * b[(size_t)row * m + col];
    }
}

extern "C" void solve(const float* a, const float* b, float* c, int n, int m) {
    scale_rows<<<dim3((m + 1023) / 1024, n), 256>>>(a, b, c, n, m);
}
