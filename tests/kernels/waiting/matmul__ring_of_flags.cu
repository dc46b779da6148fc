// Producer and consumer warps over a ring with volatile counters instead of barriers; one lane polls for its warp.
#include <cuda_runtime.h>

constexpr int kSlots = 3, kK = 8;

__global__ void matmul(const float* a, const float* b, float* c, int m, int n, int k) {
    __shared__ float as[kSlots][16][kK], bs[kSlots][kK][32];
    __shared__ volatile int filled, drained[2];
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, row0 = blockIdx.y * 16, col0 = blockIdx.x * 32;
    if (threadIdx.x == 0) filled = 0;
    if (threadIdx.x < 2) drained[threadIdx.x] = 0;
    __syncthreads();
    const int steps = (k + kK - 1) / kK;
    float acc[8] = {};
    for (int s = 0; s < steps; ++s) {
        const int slot = s % kSlots;
        if (warp == 2) {
            if (lane < 2) while (drained[lane] + kSlots <= s) {}
            __syncwarp();
            for (int e = lane; e < 16 * kK; e += 32) as[slot][e / kK][e % kK] = row0 + e / kK < m && s * kK + e % kK < k ? a[(row0 + e / kK) * k + s * kK + e % kK] : 0.0f;
            for (int r = 0; r < kK; ++r) bs[slot][r][lane] = s * kK + r < k && col0 + lane < n ? b[(s * kK + r) * n + col0 + lane] : 0.0f;
            __threadfence_block();
            __syncwarp();
            if (lane == 0) filled = s + 1;
        } else {
            if (lane == 0) while (filled <= s) {}
            __syncwarp();
            __threadfence_block();
            for (int i = 0; i < 8; ++i)
                for (int q = 0; q < kK; ++q) acc[i] += as[slot][warp * 8 + i][q] * bs[slot][q][lane];
            __syncwarp();
            if (lane == 0) drained[warp] = s + 1;
        }
    }
    if (warp < 2) {
        for (int i = 0; i < 8; ++i) {
            const int r = row0 + warp * 8 + i;
            if (r < m && col0 + lane < n) c[r * n + col0 + lane] = acc[i];
        }
    }
}

extern "C" void solve(const float* a, const float* b, float* c, int m, int n, int k) {
    matmul<<<dim3((n + 31) / 32, (m + 15) / 16), 96>>>(a, b, c, m, n, k);
}
