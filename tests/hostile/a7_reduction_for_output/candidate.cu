#include <cuda_runtime.h>

__global__ void rowwise(const float* x, float* y, int rows, int cols) {
    float most = x[blockIdx.x * cols];
    for (int i = 0; i < cols; i++) most = fmaxf(most, x[blockIdx.x * cols + i]);
    for (int i = threadIdx.x; i < cols; i += 32) y[blockIdx.x * cols + i] = most;
}
extern "C" void solve(const float* x, float* y, int rows, int cols) {
    rowwise<<<rows, 32>>>(x, y, rows, cols);
}
