// No barrier at all: each warp adds to a sum and counts itself; then its lanes wait until all warps of the grid have.
#include <cuda_runtime.h>

__global__ void normalise(const float* x, float* y, int n, double* sum, int* arrived) {
    const int lane = threadIdx.x % 32, threads = gridDim.x * blockDim.x, t = blockIdx.x * blockDim.x + threadIdx.x;
    double v = 0;
    for (int i = t; i < n; i += threads) v += (double)x[i] * x[i];
    for (int d = 16; d; d /= 2) v += __shfl_down_sync(~0u, v, d);
    if (lane == 0) {
        atomicAdd(sum, v);
        __threadfence();
        atomicAdd(arrived, 1);
    }
    while (*(volatile int*)arrived < threads / 32) __nanosleep(50);
    __threadfence();
    const float norm = (float)sqrt(*(volatile double*)sum);
    const float same = __shfl_xor_sync(~0u, norm, 7);
    for (int i = t; i < n; i += threads) y[i] = x[i] / same;
}

extern "C" void solve(const float* x, float* y, int batch, int channels, int height, int width) {
    int n = batch * channels * height * width;
    double* sum;
    cudaMalloc(&sum, 2 * sizeof(double));
    cudaMemset(sum, 0, 2 * sizeof(double));
    int* arrived = (int*)(sum + 1);
    void* arguments[] = {&x, &y, &n, &sum, &arrived};
    cudaLaunchCooperativeKernel((const void*)normalise, dim3(4), dim3(96), arguments, 0, 0);
}
