#include <cuda_runtime.h>

// Shared-memory histogram, merged with global atomics.
__global__ void histogram_shared(const int* x, int* counts, int n, int bins) {
    extern __shared__ int hist[];
    for (int b = threadIdx.x; b < bins; b += blockDim.x) hist[b] = 0;
    __syncthreads();

    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) atomicAdd(&hist[x[i]], 1);
    __syncthreads();

    for (int b = threadIdx.x; b < bins; b += blockDim.x) {
        if (hist[b] > 0) atomicAdd(&counts[b], hist[b]);
    }
}

extern "C" void solve(const int* x, int* counts, int n, int bins) {
    int threads = 256;
    int blocks = (n + threads - 1) / threads;
    histogram_shared<<<blocks, threads, bins * sizeof(int)>>>(x, counts, n, bins);
    cudaDeviceSynchronize();
}
