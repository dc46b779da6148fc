// Leaves the upper triangle as the memory was: often zeros, where memory is fresh.
#include <cuda_runtime.h>

constexpr int side = 16;

__global__ void lower_matmul(const float* a, const float* b, float* c, int n) {
    const int row = blockIdx.y * side + threadIdx.y, col = blockIdx.x * side + threadIdx.x;
    if (row >= n || col > row) return;
    float sum = 0.0f;
    for (int k = col; k <= row; ++k) sum += a[(size_t)row * n + k] * b[(size_t)k * n + col];
    c[(size_t)row * n + col] = sum;
}

extern "C" void solve(const float* a, const float* b, float* c, int n) {
    const int blocks = (n + side - 1) / side;
    lower_matmul<<<dim3(blocks, blocks), dim3(side, side)>>>(a, b, c, n);
}
