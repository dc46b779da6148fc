// A producer warp and three consumer warps over a ring of stages with full and empty mbarriers, by parity.
#include <cuda_runtime.h>
#include <cstdint>

constexpr int kStages = 3, kM = 24, kN = 32, kK = 8;

__device__ uint32_t at(const void* p) { return (uint32_t)__cvta_generic_to_shared(p); }
__device__ void init(uint64_t* b, int count) { asm volatile("mbarrier.init.shared.b64 [%0], %1;" ::"r"(at(b)), "r"(count)); }
__device__ void arrive(uint64_t* b) {
    asm volatile("{ .reg .b64 t; mbarrier.arrive.shared.b64 t, [%0]; }" ::"r"(at(b)) : "memory");
}
__device__ void wait(uint64_t* b, int parity) {
    uint32_t done;
    do {
        asm volatile("{ .reg .pred p; mbarrier.test_wait.parity.shared.b64 p, [%1], %2; selp.u32 %0, 1, 0, p; }"
                     : "=r"(done) : "r"(at(b)), "r"(parity) : "memory");
    } while (!done);
}

__global__ void matmul(const float* a, const float* b, float* c, int m, int n, int k) {
    __shared__ uint64_t full[kStages], empty[kStages];
    __shared__ float as[kStages][kM][kK], bs[kStages][kK][kN];
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, row0 = blockIdx.y * kM, col0 = blockIdx.x * kN;
    if (threadIdx.x < kStages) {
        init(&full[threadIdx.x], 32);
        init(&empty[threadIdx.x], 96);
    }
    __syncthreads();
    const int steps = (k + kK - 1) / kK;
    if (warp == 3) {
        for (int s = 0; s < steps; ++s) {
            const int stage = s % kStages, round = s / kStages;
            wait(&empty[stage], (round & 1) ^ 1);
            for (int e = lane; e < kM * kK; e += 32) {
                const int r = row0 + e / kK, q = s * kK + e % kK;
                as[stage][e / kK][e % kK] = r < m && q < k ? a[r * k + q] : 0.0f;
            }
            for (int r = 0; r < kK; ++r) bs[stage][r][lane] = s * kK + r < k && col0 + lane < n ? b[(s * kK + r) * n + col0 + lane] : 0.0f;
            arrive(&full[stage]);
        }
    } else {
        float acc[8] = {};
        for (int s = 0; s < steps; ++s) {
            const int stage = s % kStages;
            wait(&full[stage], s / kStages & 1);
#pragma unroll
            for (int i = 0; i < 8; ++i)
                for (int q = 0; q < kK; ++q) acc[i] += as[stage][warp * 8 + i][q] * bs[stage][q][lane];
            arrive(&empty[stage]);
        }
        for (int i = 0; i < 8; ++i) {
            const int r = row0 + warp * 8 + i;
            if (r < m && col0 + lane < n) c[r * n + col0 + lane] = acc[i];
        }
    }
}

extern "C" void solve(const float* a, const float* b, float* c, int m, int n, int k) {
    matmul<<<dim3((n + kN - 1) / kN, (m + kM - 1) / kM), 128>>>(a, b, c, m, n, k);
}
