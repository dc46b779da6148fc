#include <cuda_runtime.h>
#include <algorithm>
#include <cstdio>

template <int BLOCK>
__global__ void big_shared(const float* x, float* y, int n) {
    extern __shared__ __align__(16) unsigned char raw[];
    float* s = reinterpret_cast<float*>(raw);
    for (int i = threadIdx.x; i < n; i += BLOCK) s[i] = x[i];
    __syncthreads();
    for (int i = threadIdx.x; i < n; i += BLOCK) y[i] = s[n - 1 - i];
}

extern "C" void solve(const float* x, float* y, int n) {
    const size_t bytes = n * sizeof(float);
    int device, max_shared = 0;
    cudaGetDevice(&device);
    cudaDeviceGetAttribute(&max_shared, cudaDevAttrMaxSharedMemoryPerBlockOptin, device);
    cudaDeviceProp prop;
    cudaGetDeviceProperties(&prop, device);
    printf("%s: sm_%d%d, %d SMs, %zu bytes shared, %d kHz\n", prop.name, prop.major, prop.minor, prop.multiProcessorCount,
           prop.sharedMemPerBlockOptin, prop.clockRate);
    if (bytes > std::min<size_t>(max_shared, prop.sharedMemPerBlock)) {
        cudaError_t status = cudaFuncSetAttribute(big_shared<256>, cudaFuncAttributeMaxDynamicSharedMemorySize, (int)bytes);
        if (status != cudaSuccess) return;
        cudaFuncSetAttribute((const void*)big_shared<256>, cudaFuncAttributePreferredSharedMemoryCarveout, cudaSharedmemCarveoutMaxShared);
    }
    cudaFuncSetCacheConfig(big_shared<256>, cudaFuncCachePreferShared);
    cudaFuncAttributes attributes;
    cudaFuncGetAttributes(&attributes, big_shared<256>);
    int grid = 0, block = 0;
    cudaOccupancyMaxPotentialBlockSize(&grid, &block, big_shared<256>, bytes, 0);
    printf("%d registers, suggested %d x %d, at most %d\n", attributes.numRegs, grid, block, attributes.maxThreadsPerBlock);
    big_shared<256><<<1, 256, bytes>>>(x, y, n);
}
