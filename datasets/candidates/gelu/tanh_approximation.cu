#include <cuda_runtime.h>

// GELU activation (fast version)
#define SQRT_2_OVER_PI 0.7978845608028654f
#define COEFF 0.044715f

__global__ void gelu_kernel(const float* __restrict__ x, float* __restrict__ y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        float v = x[i];
        float inner = SQRT_2_OVER_PI * (v + COEFF * v * v * v);
        y[i] = 0.5f * v * (1.0f + tanhf(inner));
    }
}

extern "C" void solve(const float* x, float* y, int n) {
    dim3 block(256);
    dim3 grid((n + block.x - 1) / block.x);
    gelu_kernel<<<grid, block>>>(x, y, n);
}
