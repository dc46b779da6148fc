#include <cuda_runtime.h>

__global__ void matrix_transpose_kernel(const float* x, float* y, int rows, int cols) {
    int col = blockIdx.x * blockDim.x + threadIdx.x;
    int row = blockIdx.y * blockDim.y + threadIdx.y;
    if (row < rows && col < cols) {
        y[(size_t)col * rows + row] = x[(size_t)row * cols + col];
    }
}

extern "C" void solve(const float* x, float* y, int rows, int cols) {
    dim3 threadsPerBlock(16, 16);
    dim3 blocksPerGrid((cols + threadsPerBlock.x - 1) / threadsPerBlock.x,
                       (rows + threadsPerBlock.y - 1) / threadsPerBlock.y);
    matrix_transpose_kernel<<<blocksPerGrid, threadsPerBlock>>>(x, y, rows, cols);
    cudaDeviceSynchronize();
}
