// A producer warpgroup gives registers back, copies with cp.async.mbarrier.arrive.noinc; a consumer warpgroup multiplies.
#include <cuda_runtime.h>
#include <cstdint>

constexpr int kStages = 2, kTile = 32, kK = 8;
__device__ uint32_t at(const void* p) { return (uint32_t)__cvta_generic_to_shared(p); }
__device__ void wait(uint64_t* b, int parity) {
    asm volatile("{\n.reg .pred p;\nlab_wait:\nmbarrier.try_wait.parity.shared::cta.b64 p, [%0], %1;\n@p bra lab_done;\nbra lab_wait;\nlab_done:\n}" ::"r"(at(b)), "r"(parity) : "memory");
}

__global__ void __launch_bounds__(256) matmul(const float* a, const float* b, float* c, int m, int n, int k) {
    __shared__ float as[kStages][kTile][kK], bs[kStages][kK][kTile];
    __shared__ uint64_t full[kStages], empty[kStages];
    const int t = threadIdx.x % 128, row0 = blockIdx.y * kTile, col0 = blockIdx.x * kTile;
    if (threadIdx.x == 0) {
        for (int s = 0; s < kStages; ++s) {
            asm volatile("mbarrier.init.shared::cta.b64 [%0], 128;" ::"r"(at(&full[s])));
            asm volatile("mbarrier.init.shared::cta.b64 [%0], 128;" ::"r"(at(&empty[s])));
        }
    }
    __syncthreads();
    const int steps = (k + kK - 1) / kK;
    if (threadIdx.x >= 128) {
        asm volatile("setmaxnreg.dec.sync.aligned.u32 40;");
        for (int s = 0; s < steps; ++s) {
            const int stage = s % kStages;
            wait(&empty[stage], (s / kStages & 1) ^ 1);
            for (int e = t; e < kTile * kK; e += 128) {
                const int r = row0 + e / kK, q = s * kK + e % kK, br = s * kK + e / kTile, bq = col0 + e % kTile;
                const bool in_a = r < m && q < k, in_b = br < k && bq < n;
                asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" ::"r"(at(&as[stage][e / kK][e % kK])), "l"(in_a ? a + r * k + q : a), "r"(in_a ? 4 : 0));
                asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" ::"r"(at(&bs[stage][e / kTile][e % kTile])), "l"(in_b ? b + br * n + bq : b), "r"(in_b ? 4 : 0));
            }
            asm volatile("cp.async.mbarrier.arrive.noinc.shared::cta.b64 [%0];" ::"r"(at(&full[stage])) : "memory");
        }
    } else {
        asm volatile("setmaxnreg.inc.sync.aligned.u32 232;");
        float acc[8] = {};
        const int col = t % 32, row = t / 32 * 8;
        for (int s = 0; s < steps; ++s) {
            const int stage = s % kStages;
            wait(&full[stage], s / kStages & 1);
            for (int q = 0; q < kK; ++q)
                for (int i = 0; i < 8; ++i) acc[i] += as[stage][row + i][q] * bs[stage][q][col];
            asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(at(&empty[stage])) : "memory");
        }
        for (int i = 0; i < 8; ++i) if (row0 + row + i < m && col0 + col < n) c[(row0 + row + i) * n + col0 + col] = acc[i];
    }
}

extern "C" void solve(const float* a, const float* b, float* c, int m, int n, int k) {
    matmul<<<dim3((n + kTile - 1) / kTile, (m + kTile - 1) / kTile), 256>>>(a, b, c, m, n, k);
}
