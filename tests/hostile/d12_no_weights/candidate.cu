#include <cuda_runtime.h>

__global__ void rowwise(const float* x, float* y, int cols, float eps) {
    const float* in = x + (size_t)blockIdx.x * cols;
    float sum = 0, squares = 0;
    for (int i = 0; i < cols; i++) sum += in[i];
    const float mean = sum / cols;
    for (int i = 0; i < cols; i++) squares += (in[i] - mean) * (in[i] - mean);
    const float scale = rsqrtf(squares / cols + eps);
    for (int i = threadIdx.x; i < cols; i += 32) y[(size_t)blockIdx.x * cols + i] = (in[i] - mean) * scale;
}
extern "C" void solve(const float* x, const float* w, const float* b, float* y, int rows, int cols, float eps) {
    rowwise<<<rows, 32>>>(x, y, cols, eps);
}
