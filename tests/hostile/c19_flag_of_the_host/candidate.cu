#include <cuda_runtime.h>

__global__ void add(const float* a, const float* b, float* c, int n, volatile int* flag) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n && *flag) c[i] = a[i] + b[i];
}
extern "C" void solve(const float* a, const float* b, float* c, int n) {
    int* flag;
    int* seen;
    cudaHostAlloc(&flag, 4, cudaHostAllocMapped);
    *flag = 1;
    cudaHostGetDevicePointer(&seen, flag, 0);
    add<<<(n + 255) / 256, 256>>>(a, b, c, n, seen);
}
