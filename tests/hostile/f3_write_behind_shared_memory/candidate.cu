#include <cuda_runtime.h>

// The address goes through local memory, so that the compiler does not know what it points to.
__global__ void add(const float* a, const float* b, float* c, int n) {
    __shared__ float told[64];
    float* places[2] = {told, c};
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (threadIdx.x == 0) places[n < 0][64] = 1.0f;
    if (i < n) c[i] = a[i] + b[i];
}
extern "C" void solve(const float* a, const float* b, float* c, int n) {
    add<<<(n + 255) / 256, 256>>>(a, b, c, n);
}
