#include <cuda_runtime.h>

// Each thread processes four elements using float4 for better memory throughput.
__global__ void vectorAddVec4(const float4* a, const float4* b, float4* c, int n4) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n4) {
        float4 x = a[i];
        float4 y = b[i];
        c[i] = make_float4(x.x + y.x, x.y + y.y, x.z + y.z, x.w + y.w);
    }
}

extern "C" void solve(const float* a, const float* b, float* c, int n) {
    const int threads = 256;
    const int n4 = n / 4;
    const int blocks = (n4 + threads - 1) / threads + 1;
    vectorAddVec4<<<blocks, threads>>>((const float4*)a, (const float4*)b, (float4*)c, n4);
    cudaDeviceSynchronize();
}
