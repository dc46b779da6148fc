// Tiles whose width a compile option gives. Rows of b are read as rows: the product is of rows with rows.
#include <cuda_runtime.h>

#ifndef TILE
#error "TILE is set in candidate.json"
#endif

__global__ void matmul_nt(const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c, int m, int n, int k) {
    __shared__ float of_a[TILE][TILE + 1], of_b[TILE][TILE + 1];
    const int row = blockIdx.y * TILE + threadIdx.y, col = blockIdx.x * TILE + threadIdx.x;
    const int row_of_b = blockIdx.x * TILE + threadIdx.y;
    float sum = 0.0f;
    for (int first = 0; first < k; first += TILE) {
        const int i = first + threadIdx.x;
        of_a[threadIdx.y][threadIdx.x] = row < m && i < k ? a[(size_t)row * k + i] : 0.0f;
        of_b[threadIdx.y][threadIdx.x] = row_of_b < n && i < k ? b[(size_t)row_of_b * k + i] : 0.0f;
        __syncthreads();
#pragma unroll
        for (int j = 0; j < TILE; ++j) sum = fmaf(of_a[threadIdx.y][j], of_b[threadIdx.x][j], sum);
        __syncthreads();
    }
    if (row < m && col < n) c[(size_t)row * n + col] = sum;
}

extern "C" void solve(const float* a, const float* b, float* c, int m, int n, int k) {
    matmul_nt<<<dim3((n + TILE - 1) / TILE, (m + TILE - 1) / TILE), dim3(TILE, TILE)>>>(a, b, c, m, n, k);
}
