#include <cuda_runtime.h>

// c = a^T b: a [k, m], b [k, n]. Both tiles are read along their rows.
constexpr int TILE = 32;

__global__ void matmul_ta(const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c, int m, int n,
                          int k) {
    __shared__ float as[TILE][TILE + 1], bs[TILE][TILE + 1];
    const int row0 = blockIdx.y * TILE, col0 = blockIdx.x * TILE;
    float sum[4] = {};
    for (int t = 0; t < (k + TILE - 1) / TILE; ++t) {
        for (int i = threadIdx.y; i < TILE; i += 8) {
            const int kk = t * TILE + i;
            as[i][threadIdx.x] = (kk < k && row0 + threadIdx.x < m) ? a[(size_t)kk * m + row0 + threadIdx.x] : 0.f;
            bs[i][threadIdx.x] = (kk < k && col0 + threadIdx.x < n) ? b[(size_t)kk * n + col0 + threadIdx.x] : 0.f;
        }
        __syncthreads();
#pragma unroll
        for (int i = 0; i < TILE; ++i) {
            const float v = bs[i][threadIdx.x];
#pragma unroll
            for (int j = 0; j < 4; ++j) sum[j] += as[i][threadIdx.y + 8 * j] * v;
        }
        __syncthreads();
    }
    for (int j = 0; j < 4; ++j) {
        const int row = row0 + threadIdx.y + 8 * j, col = col0 + threadIdx.x;
        if (row < m && col < n) c[(size_t)row * n + col] = sum[j];
    }
}

extern "C" void solve(const float* a, const float* b, float* c, int m, int n, int k) {
    matmul_ta<<<dim3((n + TILE - 1) / TILE, (m + TILE - 1) / TILE), dim3(TILE, 8)>>>(a, b, c, m, n, k);
}
