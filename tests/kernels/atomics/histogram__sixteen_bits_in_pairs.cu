// Two counters a word in shared memory, carried over to 64-bit sums in global memory before either can overflow.
#include <cuda_runtime.h>

constexpr int kChunk = 16384;

__global__ void count(const int* x, unsigned long long* wide, int n, int bins) {
    extern __shared__ unsigned pairs[];
    const int words = (bins + 1) / 2;
    for (int w = threadIdx.x; w < words; w += blockDim.x) pairs[w] = 0;
    __syncthreads();
    const int end = min(n, (int)(blockIdx.x + 1) * kChunk);
    for (int i = blockIdx.x * kChunk + threadIdx.x; i < end; i += blockDim.x) {
        const int v = x[i];
        atomicAdd(&pairs[v >> 1], 1u << (v & 1) * 16);
    }
    __syncthreads();
    for (int w = threadIdx.x; w < words; w += blockDim.x) {
        const unsigned both = pairs[w];
        if (both & 0xffff) atomicAdd(&wide[2 * w], (unsigned long long)(both & 0xffff));
        if (both >> 16) atomicAdd(&wide[2 * w + 1], (unsigned long long)(both >> 16));
    }
}

__global__ void narrow(const unsigned long long* wide, int* counts, int bins) {
    for (int b = blockIdx.x * blockDim.x + threadIdx.x; b < bins; b += gridDim.x * blockDim.x) counts[b] = (int)wide[b];
}

extern "C" void solve(const int* x, int* counts, int n, int bins) {
    unsigned long long* wide;
    const size_t bytes = (bins + 1) * sizeof(unsigned long long);
    cudaMalloc(&wide, bytes);
    cudaMemset(wide, 0, bytes);
    count<<<(n + kChunk - 1) / kChunk, 512, (bins + 1) / 2 * sizeof(unsigned)>>>(x, wide, n, bins);
    narrow<<<4, 128>>>(wide, counts, bins);
}
