#include <cuda_runtime.h>

__device__ void* take(size_t bytes) { return new char[bytes]; }
__device__ void* (*table[2])(size_t) = {take, take};
__global__ void add(const float* a, const float* b, float* c, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    volatile char* kept = (volatile char*)table[n & 1](16);
    if (kept && i < n) c[i] = a[i] + b[i];
}
extern "C" void solve(const float* a, const float* b, float* c, int n) {
    add<<<(n + 255) / 256, 256>>>(a, b, c, n);
}
