#include <cuda_runtime.h>

#define BLOCK_SIZE 256

__global__ void block_scan(const float* x, float* y, float* block_sums, int n) {
    __shared__ float temp[BLOCK_SIZE];
    int tid = threadIdx.x;
    int gid = blockIdx.x * BLOCK_SIZE + tid;
    temp[tid] = gid < n ? x[gid] : 0.0f;
    __syncthreads();

    for (int offset = 1; offset < BLOCK_SIZE; offset <<= 1) {
        float v = tid >= offset ? temp[tid - offset] : 0.0f;
        __syncthreads();
        temp[tid] += v;
        __syncthreads();
    }

    if (gid < n) y[gid] = temp[tid];
    if (tid == BLOCK_SIZE - 1) block_sums[blockIdx.x] = temp[tid];
}

// Scan the block sums with a single block.
__global__ void scan_block_sums(float* block_sums, int num_blocks) {
    __shared__ float temp[BLOCK_SIZE];
    int tid = threadIdx.x;
    temp[tid] = tid < num_blocks ? block_sums[tid] : 0.0f;
    __syncthreads();
    for (int offset = 1; offset < BLOCK_SIZE; offset <<= 1) {
        float v = tid >= offset ? temp[tid - offset] : 0.0f;
        __syncthreads();
        temp[tid] += v;
        __syncthreads();
    }
    if (tid < num_blocks) block_sums[tid] = temp[tid];
}

__global__ void add_block_sums(float* y, const float* block_sums, int n) {
    int gid = blockIdx.x * BLOCK_SIZE + threadIdx.x;
    if (blockIdx.x > 0 && gid < n) {
        y[gid] += block_sums[blockIdx.x - 1];
    }
}

extern "C" void solve(const float* x, float* y, int n) {
    int num_blocks = (n + BLOCK_SIZE - 1) / BLOCK_SIZE;
    float* block_sums;
    cudaMalloc(&block_sums, num_blocks * sizeof(float));

    block_scan<<<num_blocks, BLOCK_SIZE>>>(x, y, block_sums, n);
    scan_block_sums<<<1, BLOCK_SIZE>>>(block_sums, num_blocks);
    add_block_sums<<<num_blocks, BLOCK_SIZE>>>(y, block_sums, n);

    cudaDeviceSynchronize();
    cudaFree(block_sums);
}
