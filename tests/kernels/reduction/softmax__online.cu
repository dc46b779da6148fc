// Maximum and sum in one pass, pairs of them merged by shuffles and then through shared memory.
#include <cuda_runtime.h>
#include <cfloat>

struct Pair {
    float top, sum;
};

__device__ Pair merge(Pair a, Pair b) {
    const float top = fmaxf(a.top, b.top);
    return {top, a.sum * expf(a.top - top) + b.sum * expf(b.top - top)};
}

__global__ void softmax(const float* x, float* y, int cols) {
    __shared__ Pair parts[8];
    const float* row = x + (size_t)blockIdx.x * cols;
    Pair mine{-FLT_MAX, 0.0f};
    for (int c = threadIdx.x; c < cols; c += blockDim.x) mine = merge(mine, {row[c], 1.0f});
    for (int d = 16; d > 0; d >>= 1) {
        Pair other;
        other.top = __shfl_xor_sync(0xffffffff, mine.top, d);
        other.sum = __shfl_xor_sync(0xffffffff, mine.sum, d);
        mine = merge(mine, other);
    }
    if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = mine;
    __syncthreads();
    Pair all = parts[0];
    for (int w = 1; w < blockDim.x / 32; ++w) all = merge(all, parts[w]);
    for (int c = threadIdx.x; c < cols; c += blockDim.x) {
        y[(size_t)blockIdx.x * cols + c] = expf(row[c] - all.top) / all.sum;
    }
}

extern "C" void solve(const float* x, float* y, int rows, int cols) { softmax<<<rows, 256>>>(x, y, cols); }
