// A block works through rows of its own until a vote says that no warp has one left; barriers that count and that vote.
#include <cuda_runtime.h>

__global__ void softmax(const float* x, float* y, int rows, int cols) {
    __shared__ int finished;
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    if (threadIdx.x == 0) finished = 0;
    __syncthreads();
    int row = blockIdx.x * 4 + warp;
    while (__syncthreads_or(row < rows)) {
        const int busy = __syncthreads_count(row < rows);
        if (row < rows) {
            float top = -INFINITY, sum = 0;
            for (int c = lane; c < cols; c += 32) top = fmaxf(top, x[(size_t)row * cols + c]);
            while (!__all_sync(~0u, top == __shfl_sync(~0u, top, 0))) {
                const float other = __shfl_sync(~0u, top, (lane + 1) % 32);
                top = fmaxf(top, other);
            }
            for (int c = lane; c < cols; c += 32) sum += expf(x[(size_t)row * cols + c] - top);
            for (int d = 1; d < 32; d *= 2) sum += __shfl_xor_sync(~0u, sum, d);
            for (int c = lane; c < cols; c += 32) y[(size_t)row * cols + c] = expf(x[(size_t)row * cols + c] - top) / sum;
            if (lane == 0) atomicAdd(&finished, busy > 0);
        }
        row += gridDim.x * 4;
    }
}

extern "C" void solve(const float* x, float* y, int rows, int cols) { softmax<<<5, 128>>>(x, y, rows, cols); }
