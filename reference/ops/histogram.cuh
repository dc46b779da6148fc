// Counting.
#pragma once

#include "ops/tensor.cuh"

namespace ops {

constexpr int histogram_threads = 256;
constexpr index_t histogram_shared_bins = 4096; ///< 16 KiB of counters: several blocks still share a multiprocessor

/// Each block counts in shared memory, where collisions are cheap, and adds what it counted to the result.
inline __global__ void histogram_shared_kernel(const int* x, int* counts, index_t n, int bins) {
    extern __shared__ int of_block[];
    for (int bin = threadIdx.x; bin < bins; bin += histogram_threads) {
        of_block[bin] = 0;
    }
    __syncthreads();
    const index_t stride = index_t(gridDim.x) * histogram_threads;
    for (index_t i = index_t(blockIdx.x) * histogram_threads + threadIdx.x; i < n; i += stride) {
        atomicAdd(&of_block[x[i]], 1);
    }
    __syncthreads();
    for (int bin = threadIdx.x; bin < bins; bin += histogram_threads) {
        if (of_block[bin] != 0) {
            atomicAdd(&counts[bin], of_block[bin]);
        }
    }
}

/// For more bins than shared memory holds.
inline __global__ void histogram_global_kernel(const int* x, int* counts, index_t n) {
    const index_t i = index_t(blockIdx.x) * histogram_threads + threadIdx.x;
    if (i < n) {
        atomicAdd(&counts[x[i]], 1);
    }
}

/// counts[b] = how many elements of x are b; every element is in [0, bins).
inline Tensor<int> histogram(const Tensor<int>& x, int bins, Out<int> out = {}) {
    const Tensor<int> counts = result(Shape(bins), out);
    const index_t n = x.size();
    cudaMemsetAsync(counts.data, 0, bins * sizeof(int), 0);
    if (bins <= histogram_shared_bins) {
        // Enough blocks to fill a device, few enough that each counts more elements than it has bins.
        const index_t most = ceil_div(n, 16 * histogram_threads);
        const index_t blocks = most < 1024 ? most : 1024;
        histogram_shared_kernel<<<grid(blocks), histogram_threads, bins * sizeof(int)>>>(x.data, counts.data, n, bins);
    } else {
        histogram_global_kernel<<<grid(ceil_div(n, histogram_threads)), histogram_threads>>>(x.data, counts.data, n);
    }
    return counts;
}

} // namespace ops
