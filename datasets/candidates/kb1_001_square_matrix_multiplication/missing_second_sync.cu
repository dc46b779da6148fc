#include <cuda_runtime.h>

constexpr int TILE = 16;

__global__ void matmul_shared(const float* a, const float* b, float* c, int n) {
    __shared__ float as[TILE][TILE], bs[TILE][TILE];
    const int row = blockIdx.y * TILE + threadIdx.y, col = blockIdx.x * TILE + threadIdx.x;
    float sum = 0.f;
    for (int t = 0; t < (n + TILE - 1) / TILE; ++t) {
        const int ka = t * TILE + threadIdx.x, kb = t * TILE + threadIdx.y;
        as[threadIdx.y][threadIdx.x] = (row < n && ka < n) ? a[(size_t)row * n + ka] : 0.f;
        bs[threadIdx.y][threadIdx.x] = (kb < n && col < n) ? b[(size_t)kb * n + col] : 0.f;
        __syncthreads();
        for (int k = 0; k < TILE; ++k) sum += as[threadIdx.y][k] * bs[k][threadIdx.x];
    }
    if (row < n && col < n) c[(size_t)row * n + col] = sum;
}

extern "C" void solve(const float* a, const float* b, float* c, int n) {
    matmul_shared<<<dim3((n + TILE - 1) / TILE, (n + TILE - 1) / TILE), dim3(TILE, TILE)>>>(a, b, c, n);
}
