#include <cuda_runtime.h>

// y = f(x weight^T + biases): a 64 x 64 tile for each block, 4 x 4 elements a thread, f applied in registers.
constexpr int TILE = 64, DEPTH = 16;


__global__ void fused_linear(const float* __restrict__ x, const float* __restrict__ weight, const float* __restrict__ biases,
                             float* __restrict__ y, int m, int n, int k) {
    __shared__ float xs[DEPTH][TILE + 1], ws[DEPTH][TILE + 1];
    const int tx = threadIdx.x % 16, ty = threadIdx.x / 16;
    const int row0 = blockIdx.y * TILE, col0 = blockIdx.x * TILE;
    float acc[4][4] = {};
    for (int k0 = 0; k0 < k; k0 += DEPTH) {
        for (int i = threadIdx.x; i < TILE * DEPTH; i += 256) {
            const int r = i / DEPTH, d = i % DEPTH;
            xs[d][r] = (row0 + r < m && k0 + d < k) ? x[(size_t)(row0 + r) * k + k0 + d] : 0.f;
            ws[d][r] = (col0 + r < n && k0 + d < k) ? weight[(size_t)(col0 + r) * k + k0 + d] : 0.f;
        }
        __syncthreads();
#pragma unroll
        for (int d = 0; d < DEPTH; ++d) {
            float u[4], v[4];
#pragma unroll
            for (int i = 0; i < 4; ++i) {
                u[i] = xs[d][ty + 16 * i];
                v[i] = ws[d][tx + 16 * i];
            }
#pragma unroll
            for (int i = 0; i < 4; ++i)
#pragma unroll
                for (int j = 0; j < 4; ++j) acc[i][j] = fmaf(u[i], v[j], acc[i][j]);
        }
        __syncthreads();
    }
#pragma unroll
    for (int i = 0; i < 4; ++i)
#pragma unroll
        for (int j = 0; j < 4; ++j) {
            const int row = row0 + ty + 16 * i, col = col0 + tx + 16 * j;
            if (row < m && col < n) y[(size_t)row * n + col] = fmaxf(acc[i][j] + biases[col & ~1], 0.f);
        }
}

extern "C" void solve(const float* x, const float* weight, const float* biases, float* y, int batch, int in_features,
                      int out_features) {
    fused_linear<<<dim3((out_features + TILE - 1) / TILE, (batch + TILE - 1) / TILE), 256>>>(x, weight, biases, y, batch, out_features,
                                                                                             in_features);
}
