#include <cuda_runtime.h>

__device__ float block_sum(float v) {
    __shared__ float partial[32];
    for (int offset = 16; offset > 0; offset >>= 1) v += __shfl_xor_sync(0xffffffff, v, offset);
    __syncthreads();
    if (threadIdx.x % 32 == 0) partial[threadIdx.x / 32] = v;
    __syncthreads();
    v = 0.f;
    for (int w = 0; w < (int)blockDim.x / 32; ++w) v += partial[w];
    return v;
}

// A block for each token, which stays in registers between the two passes.
constexpr int THREADS = 256, HELD = 16;

__global__ void rmsnorm(const float* __restrict__ x, const float* __restrict__ w, float* __restrict__ y, int features,
                        float eps) {
    const float* from = x + (size_t)blockIdx.x * features;
    float* to = y + (size_t)blockIdx.x * features;
    float held[HELD];
    float sum = 0.f;
#pragma unroll
    for (int j = 0; j < HELD; ++j) {
        const int i = threadIdx.x + j * THREADS;
        held[j] = i < features ? from[i] : 0.f;
        sum = fmaf(held[j], held[j], sum);
    }
    for (int i = threadIdx.x + HELD * THREADS; i < features; i += THREADS) sum = fmaf(from[i], from[i], sum);
    const float scale = rsqrtf(block_sum(sum) / features + eps);
#pragma unroll
    for (int j = 0; j < HELD; ++j) {
        const int i = threadIdx.x + j * THREADS;
        if (i < features) to[i] = held[j] * scale * w[i];
    }
    for (int i = threadIdx.x + HELD * THREADS; i < features; i += THREADS) to[i] = from[i] * scale * w[i];
}

extern "C" void solve(const float* x, const float* w, float* y, int batch, int tokens, int features, float eps) {
    rmsnorm<<<batch * tokens, THREADS>>>(x, w, y, features, eps);
}
