// Radix sort passes planned by the host from the number of bins: per-block counts, their scan, a scatter, then bounds.
#include <cuda_runtime.h>
#include <utility>

constexpr int kBlock = 256;

__global__ void digits(const int* keys, int* counts, int n, int shift, int blocks) {
    __shared__ int local[16];
    if (threadIdx.x < 16) local[threadIdx.x] = 0;
    __syncthreads();
    const int i = blockIdx.x * kBlock + threadIdx.x;
    if (i < n) atomicAdd(&local[keys[i] >> shift & 15], 1);
    __syncthreads();
    if (threadIdx.x < 16) counts[threadIdx.x * blocks + blockIdx.x] = local[threadIdx.x];
}

__global__ void exclusive(int* counts, int n) {
    __shared__ int s[kBlock];
    int carry = 0;
    for (int base = 0; base < n; base += kBlock) {
        const int i = base + threadIdx.x, own = i < n ? counts[i] : 0;
        s[threadIdx.x] = own;
        for (int d = 1; d < kBlock; d *= 2) {
            __syncthreads();
            const int left = threadIdx.x >= d ? s[threadIdx.x - d] : 0;
            __syncthreads();
            s[threadIdx.x] += left;
        }
        __syncthreads();
        if (i < n) counts[i] = carry + s[threadIdx.x] - own;
        carry += s[kBlock - 1];
        __syncthreads();
    }
}

__global__ void scatter(const int* keys, int* out, const int* starts, int n, int shift, int blocks) {
    __shared__ int mine[kBlock];
    const int i = blockIdx.x * kBlock + threadIdx.x;
    const int digit = i < n ? keys[i] >> shift & 15 : -1;
    mine[threadIdx.x] = digit;
    __syncthreads();
    if (digit < 0) return;
    int rank = 0;
    for (int t = 0; t < threadIdx.x; ++t) rank += mine[t] == digit;
    out[starts[digit * blocks + blockIdx.x] + rank] = keys[i];
}

__global__ void bounds(const int* sorted, int* counts, int n) {
    const int i = blockIdx.x * kBlock + threadIdx.x;
    if (i >= n || (i > 0 && sorted[i] == sorted[i - 1])) return;
    int low = i, high = n;
    while (high - low > 1) {
        const int middle = (low + high) / 2;
        (sorted[middle] == sorted[i] ? low : high) = middle;
    }
    counts[sorted[i]] = high - i;
}

extern "C" void solve(const int* x, int* counts, int n, int bins) {
    const int blocks = (n + kBlock - 1) / kBlock;
    int *starts, *from, *to;
    cudaMalloc(&starts, 16 * blocks * sizeof(int));
    cudaMalloc(&from, n * sizeof(int));
    cudaMalloc(&to, n * sizeof(int));
    cudaMemcpy(from, x, n * sizeof(int), cudaMemcpyDeviceToDevice);
    cudaMemset(counts, 0, bins * sizeof(int));
    for (int shift = 0; bins >> shift > 0; shift += 4) {
        digits<<<blocks, kBlock>>>(from, starts, n, shift, blocks);
        exclusive<<<1, kBlock>>>(starts, 16 * blocks);
        scatter<<<blocks, kBlock>>>(from, to, starts, n, shift, blocks);
        std::swap(from, to);
    }
    bounds<<<blocks, kBlock>>>(from, counts, n);
}
