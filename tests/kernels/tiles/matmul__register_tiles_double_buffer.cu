// 64 x 64 of the result a block, 4 x 4 a thread; the next slab is fetched into registers while this one is multiplied.
#include <cuda_runtime.h>

constexpr int kM = 64, kN = 64, kK = 16;

__global__ __launch_bounds__(256) void matmul(const float* __restrict__ a, const float* __restrict__ b,
                                              float* __restrict__ c, int m, int n, int k) {
    __shared__ float as[2][kK][kM + 4];
    __shared__ float bs[2][kK][kN];
    const int t = threadIdx.x, tx = t % 16, ty = t / 16;
    const int row0 = blockIdx.y * kM, col0 = blockIdx.x * kN;
    float next_a[4], next_b[4], acc[4][4] = {};
    auto fetch = [&](int k0) {
        for (int i = 0; i < 4; ++i) {
            const int ra = row0 + t / 16 + 16 * i, ka = k0 + t % 16;
            next_a[i] = ra < m && ka < k ? a[(size_t)ra * k + ka] : 0.0f;
            const int kb = k0 + t / 64 + 4 * i, cb = col0 + t % 64;
            next_b[i] = kb < k && cb < n ? b[(size_t)kb * n + cb] : 0.0f;
        }
    };
    auto keep = [&](int stage) {
        for (int i = 0; i < 4; ++i) {
            as[stage][t % 16][t / 16 + 16 * i] = next_a[i];
            bs[stage][t / 64 + 4 * i][t % 64] = next_b[i];
        }
    };
    fetch(0);
    keep(0);
    __syncthreads();
    int stage = 0;
    for (int k0 = 0; k0 < k; k0 += kK, stage ^= 1) {
        const bool more = k0 + kK < k;
        if (more) fetch(k0 + kK);
#pragma unroll
        for (int kk = 0; kk < kK; ++kk) {
            const float4 x = *reinterpret_cast<const float4*>(&as[stage][kk][ty * 4]);
            const float4 y = *reinterpret_cast<const float4*>(&bs[stage][kk][tx * 4]);
            const float xs[4] = {x.x, x.y, x.z, x.w}, ys[4] = {y.x, y.y, y.z, y.w};
#pragma unroll
            for (int i = 0; i < 4; ++i)
#pragma unroll
                for (int j = 0; j < 4; ++j) acc[i][j] += xs[i] * ys[j];
        }
        if (more) keep(stage ^ 1);
        __syncthreads();
    }
    for (int i = 0; i < 4; ++i) {
        for (int j = 0; j < 4; ++j) {
            const int r = row0 + ty * 4 + i, q = col0 + tx * 4 + j;
            if (r < m && q < n) c[(size_t)r * n + q] = acc[i][j];
        }
    }
}

extern "C" void solve(const float* a, const float* b, float* c, int m, int n, int k) {
    matmul<<<dim3((n + kN - 1) / kN, (m + kM - 1) / kM), 256>>>(a, b, c, m, n, k);
}
