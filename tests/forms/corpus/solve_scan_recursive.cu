// task: inclusive_scan
#include <cuda_runtime.h>
#include <stdio.h>
#define BLOCK 256
#define cdiv(a, b) ((a) + (b) - 1) / (b)

__global__ void scan_block(const float* in, float* out, int N, float* sums) {
    int n = threadIdx.x + blockDim.x * blockIdx.x, t = threadIdx.x;
    __shared__ float sh[BLOCK];
    sh[t] = n < N ? in[n] : 0.f;
    __syncthreads();
    for (int step = 1; step < BLOCK; step *= 2) {
        float v = sh[t];
        if (t >= step) v += sh[t - step];
        __syncthreads();
        sh[t] = v;
        __syncthreads();
    }
    if (n < N) out[n] = sh[t];
    if (t == BLOCK - 1) sums[blockIdx.x] = sh[t];
}
__global__ void add_sums(float* out, int N, const float* sums) {
    int n = threadIdx.x + blockDim.x * (blockIdx.x + 1);
    if (n < N) out[n] += sums[blockIdx.x];
}

void scan(const float* in, float* out, int N) {
    float* sums;
    int blocks = cdiv(N, BLOCK);
    cudaMalloc((void**)&sums, blocks * sizeof(float));
    scan_block<<<blocks, BLOCK>>>(in, out, N, sums);
    if (blocks > 1) {
        scan(sums, sums, blocks);
        add_sums<<<blocks - 1, BLOCK>>>(out, N, sums);
    }
    cudaFree(sums);
}

extern "C" void solve(const float* input, float* output, int N) { scan(input, output, N); }
