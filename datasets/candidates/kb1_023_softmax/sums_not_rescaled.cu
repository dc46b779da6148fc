#include <cuda_runtime.h>

// A block for each row: the maximum and the sum in one pass, then a second pass to write.
__global__ void softmax_rows(const float* __restrict__ x, float* __restrict__ y, int cols) {
    __shared__ float shared_max[32], shared_sum[32];
    const float* from = x + (size_t)blockIdx.x * cols;
    float* to = y + (size_t)blockIdx.x * cols;
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = blockDim.x / 32;
    float largest = -INFINITY, sum = 0.f;
    for (int i = threadIdx.x; i < cols; i += blockDim.x) {
        const float v = from[i];
        if (v > largest) {
            sum = sum * expf(largest - v) + 1.f;
            largest = v;
        } else {
            sum += expf(v - largest);
        }
    }
    for (int offset = 16; offset > 0; offset >>= 1) {
        const float other_max = __shfl_xor_sync(0xffffffff, largest, offset);
        const float other_sum = __shfl_xor_sync(0xffffffff, sum, offset);
        const float both = fmaxf(largest, other_max);
        sum += other_sum;
        largest = both;
    }
    if (lane == 0) {
        shared_max[warp] = largest;
        shared_sum[warp] = sum;
    }
    __syncthreads();
    largest = -INFINITY;
    for (int w = 0; w < warps; ++w) largest = fmaxf(largest, shared_max[w]);
    sum = 0.f;
    for (int w = 0; w < warps; ++w) sum += shared_max[w] == -INFINITY ? 0.f : shared_sum[w] * expf(shared_max[w] - largest);
    for (int i = threadIdx.x; i < cols; i += blockDim.x) to[i] = expf(from[i] - largest) / sum;
}

extern "C" void solve(const float* x, float* y, int rows, int cols) {
    softmax_rows<<<rows, 256>>>(x, y, cols);
}
