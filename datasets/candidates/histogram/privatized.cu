#include <cuda_runtime.h>
#include <algorithm>

// Privatization: every block keeps its own histogram in shared memory and merges it once at the end.
// Inputs are read four at a time.
__global__ void histogram_privatized(const int* __restrict__ x, unsigned int* __restrict__ counts, int n, int bins) {
    extern __shared__ unsigned int local_hist[];
    for (int b = threadIdx.x; b < bins; b += blockDim.x) {
        local_hist[b] = 0u;
    }
    __syncthreads();

    const int n4 = n >> 2;
    const int4* x4 = reinterpret_cast<const int4*>(x);
    const int gtid = blockIdx.x * blockDim.x + threadIdx.x;
    const int gsize = gridDim.x * blockDim.x;
    for (int i = gtid; i < n4; i += gsize) {
        const int4 v = x4[i];
        atomicAdd(&local_hist[v.x], 1u);
        atomicAdd(&local_hist[v.y], 1u);
        atomicAdd(&local_hist[v.z], 1u);
        atomicAdd(&local_hist[v.w], 1u);
    }
    for (int i = (n4 << 2) + gtid; i < n; i += gsize) {
        atomicAdd(&local_hist[x[i]], 1u);
    }
    __syncthreads();

    for (int b = threadIdx.x; b < bins; b += blockDim.x) {
        const unsigned int c = local_hist[b];
        if (c > 0u) {
            atomicAdd(&counts[b], c);
        }
    }
}

extern "C" void solve(const int* x, int* counts, int n, int bins) {
    int device = 0;
    int num_sms = 0;
    cudaGetDevice(&device);
    cudaDeviceGetAttribute(&num_sms, cudaDevAttrMultiProcessorCount, device);

    const int threads = 256;
    const int blocks = std::max(1, std::min((n + 4 * threads - 1) / (4 * threads), num_sms * 4));
    cudaMemsetAsync(counts, 0, bins * sizeof(int));
    histogram_privatized<<<blocks, threads, bins * sizeof(unsigned int)>>>(
        x, reinterpret_cast<unsigned int*>(counts), n, bins);
}
