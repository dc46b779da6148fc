// cp.async.bulk in and out of shared memory with an mbarrier in inline PTX; the tail is done by hand.
#include <cuda_runtime.h>

constexpr int kTile = 1024;

__global__ void gelu(const float* x, float* y, int n) {
    __shared__ alignas(128) float tile[kTile];
    __shared__ alignas(8) unsigned long long barrier;
    const int base = blockIdx.x * kTile;
    if (base + kTile > n) {
        for (int i = base + threadIdx.x; i < n; i += blockDim.x) y[i] = x[i] * normcdff(x[i]);
        return;
    }
    const unsigned b = (unsigned)__cvta_generic_to_shared(&barrier), s = (unsigned)__cvta_generic_to_shared(tile);
    if (threadIdx.x == 0) {
        asm volatile("mbarrier.init.shared::cta.b64 [%0], 1;" ::"r"(b));
        asm volatile("fence.proxy.async.shared::cta;");
        asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(b), "r"(kTile * 4));
        asm volatile("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];" ::"r"(s),
                     "l"(x + base), "r"(kTile * 4), "r"(b) : "memory");
    }
    __syncthreads();
    asm volatile(
        "{ .reg .pred done;\n"
        "AGAIN: mbarrier.try_wait.parity.shared::cta.b64 done, [%0], 0;\n"
        "@!done bra AGAIN; }" ::"r"(b) : "memory");
    for (int i = threadIdx.x; i < kTile; i += blockDim.x) tile[i] = 0.5f * tile[i] * erfcf(-tile[i] * 0.707106781f);
    asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
    __syncthreads();
    if (threadIdx.x == 0) {
        asm volatile("cp.async.bulk.global.shared::cta.bulk_group [%0], [%1], %2;" ::"l"(y + base), "r"(s), "r"(kTile * 4) : "memory");
        asm volatile("cp.async.bulk.commit_group;\ncp.async.bulk.wait_group 0;" ::: "memory");
    }
}

extern "C" void solve(const float* x, float* y, int n) { gelu<<<(n + kTile - 1) / kTile, 128>>>(x, y, n); }
