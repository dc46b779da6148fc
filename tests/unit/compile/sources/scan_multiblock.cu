#include <cuda_runtime.h>
#include <vector>

__global__ void scan_block(const float* in, float* out, float* sums, int n) {
    __shared__ float temp[2 * 256];
    int tid = threadIdx.x, i = blockIdx.x * blockDim.x + tid;
    int pout = 0, pin = 1;
    temp[tid] = i < n ? in[i] : 0;
    __syncthreads();
    for (int offset = 1; offset < blockDim.x; offset *= 2) {
        pout = 1 - pout;
        pin = 1 - pout;
        temp[pout * blockDim.x + tid] = temp[pin * blockDim.x + tid] + (tid >= offset ? temp[pin * blockDim.x + tid - offset] : 0);
        __syncthreads();
    }
    if (i < n) out[i] = temp[pout * blockDim.x + tid];
    if (sums && tid == blockDim.x - 1) sums[blockIdx.x] = temp[pout * blockDim.x + tid];
}
__global__ void add_offsets(float* out, const float* sums, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n && blockIdx.x > 0) out[i] += sums[blockIdx.x - 1];
}
void recursive_scan(const float* in, float* out, int n) {
    int blocks = (n + 255) / 256;
    if (blocks == 1) {
        scan_block<<<1, 256>>>(in, out, nullptr, n);
        return;
    }
    float* sums;
    cudaMalloc(&sums, blocks * sizeof(float));
    scan_block<<<blocks, 256>>>(in, out, sums, n);
    recursive_scan(sums, sums, blocks);
    add_offsets<<<blocks, 256>>>(out, sums, n);
    cudaFree(sums);
}
extern "C" void solve(const float* in, float* out, int n) { recursive_scan(in, out, n); }
