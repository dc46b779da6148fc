// BlockRadixSort of 1024 keys, BlockDiscontinuity for the runs' heads and tails, one atomic an end of a run.
#include <cub/cub.cuh>
#include <cuda_runtime.h>

__global__ void count(const int* x, int* counts, int n) {
    constexpr int kThreads = 128, kItems = 8;
    using Sort = cub::BlockRadixSort<int, kThreads, kItems>;
    using Ends = cub::BlockDiscontinuity<int, kThreads>;
    __shared__ union {
        typename Sort::TempStorage sort;
        typename Ends::TempStorage ends;
    } storage;
    int keys[kItems], heads[kItems], tails[kItems];
    const int base = blockIdx.x * kThreads * kItems;
    for (int k = 0; k < kItems; ++k) {
        const int i = base + threadIdx.x * kItems + k;
        keys[k] = i < n ? x[i] : 0x7fff;
    }
    Sort(storage.sort).Sort(keys, 0, 15);
    __syncthreads();
    Ends(storage.ends).FlagHeadsAndTails(heads, tails, keys, cub::Inequality());
    for (int k = 0; k < kItems; ++k) {
        if (keys[k] == 0x7fff) break;
        const int at = threadIdx.x * kItems + k;
        if (tails[k]) atomicAdd(counts + keys[k], at + 1);
        if (heads[k]) atomicSub(counts + keys[k], at);
    }
}

extern "C" void solve(const int* x, int* counts, int n, int bins) {
    cudaMemset(counts, 0, bins * sizeof(int));
    count<<<(n + 1023) / 1024, 128>>>(x, counts, n);
}
