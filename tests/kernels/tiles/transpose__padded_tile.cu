// The classic: a 32 x 33 tile, blocks of 32 x 8 threads.
#include <cuda_runtime.h>

constexpr int kTile = 32, kRows = 8;

__global__ void transpose(const float* x, float* y, int rows, int cols) {
    __shared__ float tile[kTile][kTile + 1];
    int c = blockIdx.x * kTile + threadIdx.x;
    int r = blockIdx.y * kTile + threadIdx.y;
    for (int k = 0; k < kTile; k += kRows) {
        if (c < cols && r + k < rows) tile[threadIdx.y + k][threadIdx.x] = x[(r + k) * cols + c];
    }
    __syncthreads();
    c = blockIdx.y * kTile + threadIdx.x;
    r = blockIdx.x * kTile + threadIdx.y;
    for (int k = 0; k < kTile; k += kRows) {
        if (c < rows && r + k < cols) y[(r + k) * rows + c] = tile[threadIdx.x][threadIdx.y + k];
    }
}

extern "C" void solve(const float* x, float* y, int rows, int cols) {
    transpose<<<dim3((cols + kTile - 1) / kTile, (rows + kTile - 1) / kTile), dim3(kTile, kRows)>>>(x, y, rows, cols);
}
