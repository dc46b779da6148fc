#include <cooperative_groups.h>
#include <cuda_runtime.h>

__global__ void add(const float* a, const float* b, float* c, int n) {
    cooperative_groups::this_grid().sync();
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) c[i] = a[i] + b[i];
}
extern "C" void solve(const float* a, const float* b, float* c, int n) {
    void* arguments[] = {&a, &b, &c, &n};
    cudaLaunchCooperativeKernel((void*)add, dim3(1000000), dim3(1024), arguments, 0, 0);
}
