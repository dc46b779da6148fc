#include <cuda_runtime.h>

// A warp for each row; the row losses are added by a second kernel in a fixed order.
__global__ void row_losses(const float* __restrict__ x, const long long* __restrict__ labels, float* __restrict__ losses,
                           int rows, int cols) {
    const int row = (blockIdx.x * blockDim.x + threadIdx.x) / 32, lane = threadIdx.x % 32;
    if (row >= rows) return;
    const float* from = x + (size_t)row * cols;
    float largest = -INFINITY;
    for (int i = lane; i < cols; i += 32) largest = fmaxf(largest, from[i]);
    for (int offset = 16; offset > 0; offset >>= 1) largest = fmaxf(largest, __shfl_xor_sync(0xffffffff, largest, offset));
    float sum = 0.f;
    for (int i = lane; i < cols; i += 32) sum += expf(from[i] - largest);
    for (int offset = 16; offset > 0; offset >>= 1) sum += __shfl_xor_sync(0xffffffff, sum, offset);
    if (lane == 0) losses[row] = logf(sum) + largest - from[labels[row]];
}

__global__ void average(const float* __restrict__ losses, float* __restrict__ loss, int rows) {
    __shared__ double partial[256];
    double sum = 0;
    for (int i = threadIdx.x; i < rows; i += 256) sum += losses[i];
    partial[threadIdx.x] = sum;
    for (int stride = 128; stride > 0; stride >>= 1) {
        if (threadIdx.x < stride) partial[threadIdx.x] += partial[threadIdx.x + stride];
        __syncthreads();
    }
    if (threadIdx.x == 0) *loss = (float)(partial[0] / rows);
}

extern "C" void solve(const float* predictions, const long long* labels, float* loss, int rows, int cols) {
    float* losses;
    cudaMalloc(&losses, rows * sizeof(float));
    row_losses<<<(rows + 7) / 8, 256>>>(predictions, labels, losses, rows, cols);
    average<<<1, 256>>>(losses, loss, rows);
}
