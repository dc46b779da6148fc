#include <cuda_runtime.h>

__global__ void argmax_rows(const float* __restrict__ x, long long* __restrict__ y, int rows, int cols) {
    __shared__ float values[8][32];
    __shared__ int indices[8][32];
    const int col = blockIdx.x * 32 + threadIdx.x;
    const float* from = x + (size_t)blockIdx.y * rows * cols;
    float best = -INFINITY;
    int found = 0x7fffffff;
    if (col < cols) {
        for (int r = threadIdx.y; r < rows; r += 8) {
            const float v = from[(size_t)r * cols + col];
            if (v > best || found == 0x7fffffff) {
                best = v;
                found = r;
            }
        }
    }
    values[threadIdx.y][threadIdx.x] = best;
    indices[threadIdx.y][threadIdx.x] = found;
    __syncthreads();
    if (threadIdx.y == 0 && col < cols) {
        for (int w = 1; w < 8; ++w) {
            const float v = values[w][threadIdx.x];
            const int i = indices[w][threadIdx.x];
            if (i != 0x7fffffff && v > best) {
                best = v;
                found = i;
            }
        }
        y[(size_t)blockIdx.y * cols + col] = found;
    }
}

extern "C" void solve(const float* x, long long* y, int batch, int rows, int cols) {
    argmax_rows<<<dim3((cols + 31) / 32, batch), dim3(32, 8)>>>(x, y, rows, cols);
}
