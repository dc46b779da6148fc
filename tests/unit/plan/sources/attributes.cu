// Asking the device, opting in to shared memory, the other ways to launch.
#include <cuda_runtime.h>
#include <stdio.h>

__global__ void __launch_bounds__(512) big_shared(const float* a, float* c, int n) {
    extern __shared__ float tile[];
    __shared__ float fixed[64];
    int i = threadIdx.x;
    tile[i] = a[i % n];
    fixed[i % 64] = tile[i];
    __syncthreads();
    c[i % n] = tile[(i + 1) % blockDim.x] + fixed[i % 64];
}
__global__ void plain(const float* a, float* c, int n, char flag, double factor) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        c[i] = flag ? a[i] : static_cast<float>(a[i] * factor);
}
__global__ void grid_wide(float* c, int n) {
    __threadfence();
    c[threadIdx.x % n] = 1;
}
__global__ void __cluster_dims__(2, 1, 1) in_pairs(float* c) { c[threadIdx.x] = 2; }

extern "C" void solve(const float* A, float* C, int n) {
    cudaDeviceProp prop;
    cudaGetDeviceProperties(&prop, 0);
    int device = -1, processors = 0;
    cudaGetDevice(&device);
    cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, device);
    printf("%s %d.%d, %d = %d processors, %zu bytes, warp %d\n", prop.name, prop.major, prop.minor,
           prop.multiProcessorCount, processors, prop.totalGlobalMem, prop.warpSize);

    const int bytes = 100 * 1024;
    cudaFuncSetAttribute(big_shared, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes);
    big_shared<<<1, 256, bytes>>>(A, C, n);

    int blocks = 0, min_grid = 0, block_size = 0;
    cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, big_shared, 256, bytes);
    cudaOccupancyMaxPotentialBlockSize(&min_grid, &block_size, big_shared, 0, 0);
    cudaFuncAttributes attributes;
    cudaFuncGetAttributes(&attributes, big_shared);
    printf("%d blocks, %d x %d, at most %d threads, %d static and %d dynamic bytes\n", blocks, min_grid, block_size,
           attributes.maxThreadsPerBlock, (int)attributes.sharedSizeBytes, attributes.maxDynamicSharedSizeBytes);

    char flag = 1;
    double factor = 2.5;
    void* arguments[] = {&A, &C, &n, &flag, &factor};
    cudaLaunchKernel((const void*)plain, dim3(3), dim3(64, 2), arguments, 0, 0);

    void* few[] = {&C, &n};
    cudaLaunchCooperativeKernel((const void*)grid_wide, dim3(processors), dim3(128), few, 0, 0);

    in_pairs<<<4, 32>>>(C);

    cudaLaunchConfig_t config = {};
    config.gridDim = dim3(8);
    config.blockDim = dim3(32);
    cudaLaunchAttribute attribute[1];
    attribute[0].id = cudaLaunchAttributeClusterDimension;
    attribute[0].val.clusterDim.x = 4;
    attribute[0].val.clusterDim.y = 1;
    attribute[0].val.clusterDim.z = 1;
    config.attrs = attribute;
    config.numAttrs = 1;
    cudaLaunchKernelEx(&config, plain, A, C, n, 'x', 0.5);
}
