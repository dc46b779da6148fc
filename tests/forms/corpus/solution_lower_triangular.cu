// task: kb1_015_matmul_for_lower_triangular_matrices
#include <cuda_runtime.h>

#define BLOCK 16
__global__ void lower(const float* a, const float* b, float* c, size_t n) {
    __shared__ float sa[BLOCK][BLOCK], sb[BLOCK][BLOCK];
    size_t row = blockIdx.y * BLOCK + threadIdx.y, col = blockIdx.x * BLOCK + threadIdx.x;
    float s = 0.f;
    for (int t = blockIdx.x; t <= (int)blockIdx.y; ++t) {
        size_t k1 = t * BLOCK + threadIdx.x, k2 = t * BLOCK + threadIdx.y;
        sa[threadIdx.y][threadIdx.x] = row < n && k1 < n && k1 <= row ? a[row * n + k1] : 0.f;
        sb[threadIdx.y][threadIdx.x] = k2 < n && col < n && col <= k2 ? b[k2 * n + col] : 0.f;
        __syncthreads();
        for (int k = 0; k < BLOCK; ++k) s += sa[threadIdx.y][k] * sb[k][threadIdx.x];
        __syncthreads();
    }
    if (row < n && col < n) c[row * n + col] = col <= row ? s : 0.f;
}

extern "C" void solution(const float* input_a, const float* input_b, float* output_c, size_t n) {
    dim3 threads(BLOCK, BLOCK);
    dim3 blocks((n + BLOCK - 1) / BLOCK, (n + BLOCK - 1) / BLOCK);
    lower<<<blocks, threads>>>(input_a, input_b, output_c, n);
}
