// No padding: column c of row r lies at c ^ r, so that neither direction has bank conflicts.
#include <cuda_runtime.h>

__device__ __forceinline__ int at(int r, int c) { return r << 5 | (c ^ r); }

__global__ __launch_bounds__(256) void transpose(const unsigned* x, unsigned* y, int rows, int cols) {
    __shared__ unsigned tile[32 * 32];
    const int lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
    const int row0 = blockIdx.y << 5, col0 = blockIdx.x << 5;
#pragma unroll 4
    for (int r = warp; r < 32; r += 8) {
        if (row0 + r < rows && col0 + lane < cols) tile[at(r, lane)] = x[(row0 + r) * cols + col0 + lane];
    }
    __syncthreads();
#pragma unroll
    for (int c = warp; c < 32; c += 8) {
        if (col0 + c < cols && row0 + lane < rows) y[(col0 + c) * rows + row0 + lane] = tile[at(lane, c)];
    }
}

extern "C" void solve(const float* x, float* y, int rows, int cols) {
    const dim3 grid((cols + 31) / 32, (rows + 31) / 32);
    transpose<<<grid, 256>>>((const unsigned*)x, (unsigned*)y, rows, cols);
}
