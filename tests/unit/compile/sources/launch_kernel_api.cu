#include <cuda_runtime.h>

__global__ void axpy(float a, const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] += a * x[i];
}
__global__ void __cluster_dims__(2, 1, 1) clustered(float* y) { y[blockIdx.x] += 1; }

extern "C" void solve(float a, const float* x, float* y, int n) {
    dim3 block(256), grid((n + block.x - 1) / block.x);
    void* args[] = {&a, &x, &y, &n};
    cudaLaunchKernel((void*)axpy, grid, block, args, 0, nullptr);
    cudaLaunchKernel(axpy, grid, block, args);
    cudaLaunchConfig_t config = {0};
    config.gridDim = grid;
    config.blockDim = block;
    config.dynamicSmemBytes = 0;
    cudaLaunchAttribute attribute[2];
    attribute[0].id = cudaLaunchAttributeProgrammaticStreamSerialization;
    attribute[0].val.programmaticStreamSerializationAllowed = 1;
    attribute[1].id = cudaLaunchAttributeClusterDimension;
    attribute[1].val.clusterDim.x = 2;
    attribute[1].val.clusterDim.y = 1;
    attribute[1].val.clusterDim.z = 1;
    config.attrs = attribute;
    config.numAttrs = 2;
    cudaLaunchKernelEx(&config, axpy, 2.0, (const float*)x, y, n);
    void (*pointer)(float, const float*, float*, int) = axpy;
    pointer<<<grid, block>>>(a, x, y, n);
    clustered<<<2, 32>>>(y);
}
