#include <cuda_runtime.h>

__global__ void rowwise(const float* x, float* y, int rows, int cols) {
    const float* in = x + (size_t)blockIdx.x * cols;
    float most = 0, sum = 0;
    for (int i = 0; i < cols; i++) most = fmaxf(most, in[i]);
    for (int i = 0; i < cols; i++) sum += expf(in[i] - most);
    for (int i = threadIdx.x; i < cols; i += 32) y[(size_t)blockIdx.x * cols + i] = expf(in[i] - most) / sum;
}
extern "C" void solve(const float* x, float* y, int rows, int cols) {
    rowwise<<<rows, 32>>>(x, y, rows, cols);
}
