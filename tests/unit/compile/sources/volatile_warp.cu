#include <cuda_runtime.h>

// The old style: no sync between the last steps, volatile instead.
__device__ void warpReduce(volatile float* sdata, unsigned int tid) {
    sdata[tid] += sdata[tid + 32];
    sdata[tid] += sdata[tid + 16];
    sdata[tid] += sdata[tid + 8];
    sdata[tid] += sdata[tid + 4];
    sdata[tid] += sdata[tid + 2];
    sdata[tid] += sdata[tid + 1];
}
__global__ void reduce6(float* g_idata, float* g_odata, unsigned int n) {
    extern __shared__ float sdata[];
    unsigned int tid = threadIdx.x;
    unsigned int i = blockIdx.x * (blockDim.x * 2) + tid;
    sdata[tid] = (i < n ? g_idata[i] : 0) + (i + blockDim.x < n ? g_idata[i + blockDim.x] : 0);
    __syncthreads();
    for (unsigned int s = blockDim.x / 2; s > 32; s >>= 1) {
        if (tid < s) sdata[tid] += sdata[tid + s];
        __syncthreads();
    }
    if (tid < 32) warpReduce(sdata, tid);
    if (tid == 0) g_odata[blockIdx.x] = sdata[0];
}
extern "C" void solve(float* in, float* out, int n) {
    float* d_partial;
    int blocks = (n + 511) / 512;
    cudaMalloc((void**)&d_partial, blocks * sizeof(float));
    reduce6<<<blocks, 256, 256 * sizeof(float)>>>(in, d_partial, n);
    while (blocks > 1) {
        int next = (blocks + 511) / 512;
        reduce6<<<next, 256, 256 * sizeof(float)>>>(d_partial, d_partial, blocks);
        blocks = next;
    }
    cudaMemcpy(out, d_partial, sizeof(float), cudaMemcpyDeviceToDevice);
    cudaFree(d_partial);
}
