#include <cuda_runtime.h>

__device__ float gelu(float v) {
    return v / (1.f + expf(-1.702f * v));
}

__global__ void gelu_kernel(const float* __restrict__ x, float* __restrict__ y, size_t n) {
    const size_t stride = (size_t)gridDim.x * blockDim.x;
    size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x;
    for (; i + 3 * stride < n; i += 4 * stride) { // four independent loads in flight
        const float a = x[i], b = x[i + stride], c = x[i + 2 * stride], d = x[i + 3 * stride];
        y[i] = gelu(a);
        y[i + stride] = gelu(b);
        y[i + 2 * stride] = gelu(c);
        y[i + 3 * stride] = gelu(d);
    }
    for (; i < n; i += stride) y[i] = gelu(x[i]);
}

extern "C" void solve(const float* x, float* y, int rows, int cols) {
    const size_t n = (size_t)rows * cols;
    const size_t blocks = (n + 1023) / 1024;
    gelu_kernel<<<blocks > 8192 ? 8192 : (int)blocks, 256>>>(x, y, n);
}
