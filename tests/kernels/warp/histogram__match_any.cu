// Lanes with the same value find each other; the lowest adds for all of them.
#include <cuda_runtime.h>

__global__ void count(const int* x, int* counts, int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    const unsigned inside = __ballot_sync(0xffffffffu, i < n);
    if (i >= n) return;
    const int value = x[i];
    const unsigned peers = __match_any_sync(inside, value);
    if (__ffs(peers) - 1 == (threadIdx.x & 31)) atomicAdd(&counts[value], __popc(peers));
}

extern "C" void solve(const int* x, int* counts, int n, int bins) {
    cudaMemset(counts, 0, bins * sizeof(int));
    count<<<(n + 223) / 224, 224>>>(x, counts, n);
}
