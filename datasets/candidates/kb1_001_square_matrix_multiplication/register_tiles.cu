#include <cuda_runtime.h>

// 64 x 64 tiles of c, 4 x 4 elements a thread, tiles of both arguments in shared memory.
constexpr int TILE = 64, DEPTH = 16;

__global__ void matmul_tiled(const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c, int n) {
    __shared__ float as[DEPTH][TILE + 4];
    __shared__ float bs[DEPTH][TILE];
    const int tx = threadIdx.x % 16, ty = threadIdx.x / 16;
    const int row0 = blockIdx.y * TILE, col0 = blockIdx.x * TILE;
    float acc[4][4] = {};
    for (int k0 = 0; k0 < n; k0 += DEPTH) {
        for (int i = threadIdx.x; i < TILE * DEPTH; i += blockDim.x) {
            const int r = i / DEPTH, k = i % DEPTH;
            as[k][r] = (row0 + r < n && k0 + k < n) ? a[(size_t)(row0 + r) * n + k0 + k] : 0.f;
        }
        for (int i = threadIdx.x; i < TILE * DEPTH; i += blockDim.x) {
            const int k = i / TILE, q = i % TILE;
            bs[k][q] = (k0 + k < n && col0 + q < n) ? b[(size_t)(k0 + k) * n + col0 + q] : 0.f;
        }
        __syncthreads();
#pragma unroll
        for (int k = 0; k < DEPTH; ++k) {
            const float4 u = *reinterpret_cast<const float4*>(&as[k][ty * 4]);
            const float4 v = *reinterpret_cast<const float4*>(&bs[k][tx * 4]);
            const float ua[4] = {u.x, u.y, u.z, u.w}, va[4] = {v.x, v.y, v.z, v.w};
#pragma unroll
            for (int i = 0; i < 4; ++i)
#pragma unroll
                for (int j = 0; j < 4; ++j) acc[i][j] += ua[i] * va[j];
        }
        __syncthreads();
    }
    for (int i = 0; i < 4; ++i)
        for (int j = 0; j < 4; ++j) {
            const int r = row0 + ty * 4 + i, q = col0 + tx * 4 + j;
            if (r < n && q < n) c[(size_t)r * n + q] = acc[i][j];
        }
}

extern "C" void solve(const float* a, const float* b, float* c, int n) {
    const dim3 grid((n + TILE - 1) / TILE, (n + TILE - 1) / TILE);
    matmul_tiled<<<grid, 256>>>(a, b, c, n);
}
