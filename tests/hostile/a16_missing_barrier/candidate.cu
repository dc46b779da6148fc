#include <cuda_runtime.h>

__global__ void add(const float* a, const float* b, float* c, int n) {
    __shared__ float sums[256];
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) sums[threadIdx.x] = a[i] + b[i];
    int from = threadIdx.x < 32 ? threadIdx.x : threadIdx.x - 32;  // an earlier warp's
    float other = sums[from];
    if (i < n) c[i] = other - other + sums[threadIdx.x];
}
extern "C" void solve(const float* a, const float* b, float* c, int n) {
    add<<<(n + 255) / 256, 256>>>(a, b, c, n);
}
