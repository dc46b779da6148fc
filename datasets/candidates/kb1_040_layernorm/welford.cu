#include <cuda_runtime.h>

struct Welford {
    float mean, m2, n;
};
__device__ Welford merge(Welford a, Welford b) {
    const float n = a.n + b.n;
    if (n == 0.f) return a;
    const float d = b.mean - a.mean;
    return {a.mean + d * b.n / n, a.m2 + b.m2 + d * d * a.n * b.n / n, n};
}

// A block for each image; mean and squares in one pass (Welford), merged over threads by shuffles.
__global__ void layernorm(const float* __restrict__ x, const float* __restrict__ weight, const float* __restrict__ bias,
                          float* __restrict__ y, int count, float eps) {
    __shared__ Welford of_warp[32];
    const float* from = x + (size_t)blockIdx.x * count;
    float* to = y + (size_t)blockIdx.x * count;
    Welford own = {0.f, 0.f, 0.f};
    for (int i = threadIdx.x; i < count; i += blockDim.x) {
        own.n += 1.f;
        const float d = from[i] - own.mean;
        own.mean += d / own.n;
        own.m2 += d * (from[i] - own.mean);
    }
    for (int offset = 16; offset > 0; offset >>= 1) {
        const Welford other = {__shfl_xor_sync(0xffffffff, own.mean, offset), __shfl_xor_sync(0xffffffff, own.m2, offset),
                               __shfl_xor_sync(0xffffffff, own.n, offset)};
        own = merge(own, other);
    }
    if (threadIdx.x % 32 == 0) of_warp[threadIdx.x / 32] = own;
    __syncthreads();
    own = of_warp[0];
    for (int w = 1; w < (int)blockDim.x / 32; ++w) own = merge(own, of_warp[w]);
    const float scale = rsqrtf(own.m2 / own.n + eps);
    for (int i = threadIdx.x; i < count; i += blockDim.x) to[i] = (from[i] - own.mean) * scale * weight[i] + bias[i];
}

extern "C" void solve(const float* x, const float* weight, const float* bias, float* y, int batch, int channels, int height,
                      int width, float eps) {
    layernorm<<<batch, 512>>>(x, weight, bias, y, channels * height * width, eps);
}
