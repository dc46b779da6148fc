#include <cuda_runtime.h>
#include <stdio.h>
#include <stdlib.h>

__global__ void add_bias(float* x, const float* bias, int n, int c) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) x[i] += bias[i % c];
}
extern "C" void solve(float* x, int n, int c) {
    float *h_bias, *d_bias, *managed, *pool, *pitched;
    size_t pitch, free_bytes, total_bytes;
    cudaMallocHost((void**)&h_bias, c * sizeof(float));
    cudaHostAlloc(&h_bias, c * sizeof(float), cudaHostAllocDefault);
    for (int i = 0; i < c; i++) h_bias[i] = 0.1f * i;
    cudaMemGetInfo(&free_bytes, &total_bytes);
    cudaMalloc(&d_bias, c * sizeof(float));
    cudaMallocManaged(&managed, c * sizeof(float));
    cudaMemAdvise(managed, c * sizeof(float), cudaMemAdviseSetReadMostly, 0);
    cudaMemPrefetchAsync(managed, c * sizeof(float), 0);
    cudaMallocAsync(&pool, 1024, 0);
    cudaMallocPitch(&pitched, &pitch, c * sizeof(float), 4);
    cudaMemset2D(pitched, pitch, 0, c * sizeof(float), 4);
    cudaMemcpy2D(pitched, pitch, d_bias, c * sizeof(float), c * sizeof(float), 1, cudaMemcpyDeviceToDevice);
    cudaMemcpyAsync(d_bias, h_bias, c * sizeof(float), cudaMemcpyHostToDevice, 0);
    add_bias<<<(n + 255) / 256, 256>>>(x, d_bias, n, c);
    cudaFreeAsync(pool, 0);
    cudaFree(d_bias);
    cudaFree(managed);
    cudaFree(pitched);
    cudaFreeHost(h_bias);
    cudaSetDevice(0);
    int count = 0, runtime = 0, driver = 0;
    cudaGetDeviceCount(&count);
    cudaRuntimeGetVersion(&runtime);
    cudaDriverGetVersion(&driver);
}
