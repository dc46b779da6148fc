// A block for each row: the maximum and the sum of exponentials by shuffles.
#include <cuda_runtime.h>
#include <math.h>

constexpr int threads = 128;

template <class Op> __device__ float over_block(float value, float nothing, Op op) {
    __shared__ float of_warp[threads / 32];
    for (int offset = 16; offset > 0; offset /= 2) value = op(value, __shfl_xor_sync(0xffffffffu, value, offset));
    __syncthreads(); // of_warp may be in use
    if (threadIdx.x % 32 == 0) of_warp[threadIdx.x / 32] = value;
    __syncthreads();
    value = nothing;
    for (int w = 0; w < threads / 32; ++w) value = op(value, of_warp[w]);
    return value;
}

__global__ void log_softmax(const float* __restrict__ x, float* __restrict__ y, int cols) {
    x += (size_t)blockIdx.x * cols;
    y += (size_t)blockIdx.x * cols;
    float most = -INFINITY;
    for (int c = threadIdx.x; c < cols; c += threads) most = fmaxf(most, x[c]);
    most = over_block(most, -INFINITY, [](float a, float b) { return fmaxf(a, b); });
    float sum = 0.0f;
    for (int c = threadIdx.x; c < cols; c += threads) sum += expf(x[c] - most);
    sum = over_block(sum, 0.0f, [](float a, float b) { return a + b; });
    const float of_sum = logf(sum);
    for (int c = threadIdx.x; c < cols; c += threads) y[c] = x[c] - most - of_sum;
}

extern "C" void solve(const float* x, float* y, int rows, int cols) {
    log_softmax<<<rows, threads>>>(x, y, cols);
}
