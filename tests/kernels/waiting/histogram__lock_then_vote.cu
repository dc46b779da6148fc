// Locks that each lane takes, all lanes of a warp at once, and behind them a vote and a shuffle by the whole warp.
#include <cuda_runtime.h>

__global__ void count(const int* x, int* counts, int* locks, int n, int bins, int* checked) {
    const int lane = threadIdx.x & 31;
    for (int base = blockIdx.x * 32; base < n; base += gridDim.x * 32) {
        const bool inside = base + lane < n;
        const int bin = inside ? x[base + lane] : 0;
        int added = 0;
        bool waits = inside;
        while (waits) {
            if (atomicExch(&locks[bin % 8], 1) == 0) {
                __threadfence();
                volatile int* c = counts + bin;
                *c = *c + 1;
                __threadfence();
                added = 1;
                waits = false;
                atomicExch(&locks[bin % 8], 0);
            }
        }
        const unsigned done = __ballot_sync(~0u, added);
        for (int d = 16; d; d /= 2) added += __shfl_xor_sync(~0u, added, d);
        if (lane == 0) atomicAdd(checked, __popc(done) == added ? added : -n);
    }
}

__global__ void spoil(int* counts, int bins, const int* checked, int n) {
    for (int b = threadIdx.x; b < bins; b += blockDim.x) if (*checked != n) counts[b] = -1;
}

extern "C" void solve(const int* x, int* counts, int n, int bins) {
    int* locks;
    cudaMalloc(&locks, 9 * sizeof(int));
    cudaMemset(locks, 0, 9 * sizeof(int));
    cudaMemset(counts, 0, bins * sizeof(int));
    count<<<8, 32>>>(x, counts, locks, n, bins, locks + 8);
    spoil<<<1, 64>>>(counts, bins, locks + 8, n);
}
