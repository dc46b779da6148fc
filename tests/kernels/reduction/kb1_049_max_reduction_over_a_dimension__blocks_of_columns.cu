// 32 columns x 8 rows of threads: each column's maxima meet in shared memory.
#include <cuda_runtime.h>
#include <math_constants.h>

__global__ void maximum(const float* x, float* y, int rows, int cols) {
    __shared__ float best[8][33];
    const int c = blockIdx.x * 32 + threadIdx.x;
    const float* from = x + (size_t)blockIdx.y * rows * cols;
    float top = -CUDART_INF_F;
    if (c < cols) {
        for (int r = threadIdx.y; r < rows; r += 8) top = fmaxf(top, from[(size_t)r * cols + c]);
    }
    best[threadIdx.y][threadIdx.x] = top;
    __syncthreads();
    if (threadIdx.y != 0 || c >= cols) return;
#pragma unroll
    for (int r = 1; r < 8; ++r) top = max(top, best[r][threadIdx.x]);
    y[(size_t)blockIdx.y * cols + c] = top;
}

extern "C" void solve(const float* x, float* y, int batch, int rows, int cols) {
    maximum<<<dim3((cols + 31) / 32, batch), dim3(32, 8)>>>(x, y, rows, cols);
}
