// Each lane owns bins lane, lane + 32, ...; ballots of the value's bits tell it how many lanes hold its bin.
#include <cuda_runtime.h>

__global__ void count(const int* x, int* counts, int n, int bins, int bits) {
    const int lane = threadIdx.x & 31;
    const int warp = (blockIdx.x * blockDim.x + threadIdx.x) >> 5, warps = (gridDim.x * blockDim.x) >> 5;
    for (int base = warp * 32; base < n; base += warps * 32) {
        const bool inside = base + lane < n;
        const int value = inside ? x[base + lane] : 0;
        const unsigned all = __ballot_sync(~0u, inside);
        for (int first = 0; first < bins; first += 32) {
            const int own = first + lane;
            unsigned same = all;
            for (int b = 0; b < bits; ++b) {
                const unsigned set = __ballot_sync(~0u, value >> b & 1);
                same &= own >> b & 1 ? set : ~set;
            }
            if (own < bins && same != 0) atomicAdd(counts + own, __popc(same));
        }
    }
}

extern "C" void solve(const int* x, int* counts, int n, int bins) {
    cudaMemset(counts, 0, bins * sizeof(int));
    int bits = 1;
    while (1 << bits < bins) ++bits;
    count<<<8, 128>>>(x, counts, n, bins, bits);
}
