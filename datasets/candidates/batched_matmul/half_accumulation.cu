#include <cuda_fp16.h>
#include <cuda_runtime.h>

#define TILE 16

// Shared-memory tiles in half precision, using the fast half FMA units.
__global__ void bmm_half_kernel(const __half* __restrict__ A, const __half* __restrict__ B, float* __restrict__ C,
                                int M, int N, int K) {
    __shared__ __half As[TILE][TILE];
    __shared__ __half Bs[TILE][TILE];

    const int batch = blockIdx.z;
    const int row = blockIdx.y * TILE + threadIdx.y;
    const int col = blockIdx.x * TILE + threadIdx.x;
    const __half* a = A + (size_t)batch * M * K;
    const __half* b = B + (size_t)batch * K * N;

    __half sum = __float2half(0.0f);
    for (int t = 0; t < (K + TILE - 1) / TILE; ++t) {
        const int ka = t * TILE + threadIdx.x;
        const int kb = t * TILE + threadIdx.y;
        As[threadIdx.y][threadIdx.x] = (row < M && ka < K) ? a[row * K + ka] : __float2half(0.0f);
        Bs[threadIdx.y][threadIdx.x] = (kb < K && col < N) ? b[kb * N + col] : __float2half(0.0f);
        __syncthreads();
#pragma unroll
        for (int k = 0; k < TILE; ++k) {
            sum = __hfma(As[threadIdx.y][k], Bs[k][threadIdx.x], sum);
        }
        __syncthreads();
    }
    if (row < M && col < N) {
        C[(size_t)batch * M * N + row * N + col] = __half2float(sum);
    }
}

extern "C" void solve(const __half* a, const __half* b, float* c, int batch, int m, int n, int k) {
    dim3 block(TILE, TILE);
    dim3 grid((n + TILE - 1) / TILE, (m + TILE - 1) / TILE, batch);
    bmm_half_kernel<<<grid, block>>>(a, b, c, m, n, k);
    cudaDeviceSynchronize();
}
