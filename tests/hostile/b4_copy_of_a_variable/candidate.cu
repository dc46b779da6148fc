#include <cuda_runtime.h>

__device__ int state[64] = {1};
__global__ void add(const float* a, const float* b, float* c, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n && state[1] == 0) c[i] = a[i] + b[i];
}
__global__ void spoil(int n) { ((volatile int*)((char*)state + 8192))[1] = 1; }
extern "C" void solve(const float* a, const float* b, float* c, int n) {
    add<<<(n + 255) / 256, 256>>>(a, b, c, n);
    spoil<<<1, 1>>>(n);
}
