#include <cuda_runtime.h>
#include <cuda_runtime_api.h>
#include <stdio.h>
#include <stdlib.h>

#define CUDA_CHECK(call)                                                                       \
    do {                                                                                       \
        cudaError_t err__ = (call);                                                            \
        if (err__ != cudaSuccess) {                                                            \
            fprintf(stderr, "CUDA error %s at %s:%d\n", cudaGetErrorString(err__), __FILE__, __LINE__); \
            exit(EXIT_FAILURE);                                                                \
        }                                                                                      \
    } while (0)

// Welford's online mean and variance, merged across lanes and warps with Chan's formula:
// one pass over global memory for the statistics, one for the output.
struct WelfordState {
    float mean;
    float m2;
    float count;
};

__device__ __forceinline__ WelfordState welford_merge(const WelfordState& a, const WelfordState& b) {
    WelfordState r;
    r.count = a.count + b.count;
    if (r.count == 0.0f) {
        return a;
    }
    float delta = b.mean - a.mean;
    float ratio = b.count / r.count;
    r.mean = a.mean + delta * ratio;
    r.m2 = a.m2 + b.m2 + delta * delta * a.count * ratio;
    return r;
}

__device__ __forceinline__ WelfordState welford_warp(WelfordState s) {
    for (int mask = 16; mask > 0; mask >>= 1) {
        WelfordState o;
        o.mean = __shfl_xor_sync(0xffffffff, s.mean, mask);
        o.m2 = __shfl_xor_sync(0xffffffff, s.m2, mask);
        o.count = __shfl_xor_sync(0xffffffff, s.count, mask);
        s = welford_merge(s, o);
    }
    return s;
}

__global__ void layer_norm_welford(const float* __restrict__ x, const float* __restrict__ weight,
                                   const float* __restrict__ bias, float* __restrict__ y, int cols, float eps) {
    __shared__ WelfordState warp_state[32];

    const int row = blockIdx.x;
    const int lane = threadIdx.x & 31;
    const int wid = threadIdx.x >> 5;
    const int num_warps = blockDim.x >> 5;
    const float* in = x + (size_t)row * cols;
    float* out = y + (size_t)row * cols;

    WelfordState s = {0.0f, 0.0f, 0.0f};
    for (int i = threadIdx.x; i < cols; i += blockDim.x) {
        float v = in[i];
        s.count += 1.0f;
        float d = v - s.mean;
        s.mean += d / s.count;
        s.m2 += d * (v - s.mean);
    }

    s = welford_warp(s);
    if (lane == 0) {
        warp_state[wid] = s;
    }
    __syncthreads();

    WelfordState empty = {0.0f, 0.0f, 0.0f};
    s = lane < num_warps ? warp_state[lane] : empty;
    s = welford_warp(s);

    const float mean = s.mean;
    const float rstd = 1.0f / sqrtf(s.m2 / (float)cols + eps);
    for (int i = threadIdx.x; i < cols; i += blockDim.x) {
        out[i] = fmaf((in[i] - mean) * rstd, weight[i], bias[i]);
    }
}

extern "C" void solve(const float* x, const float* weight, const float* bias, float* y, int rows, int cols, float eps) {
    int threads = 32;
    while (threads < cols && threads < 256) {
        threads *= 2;
    }
    layer_norm_welford<<<rows, threads>>>(x, weight, bias, y, cols, eps);
    CUDA_CHECK(cudaGetLastError());
    CUDA_CHECK(cudaDeviceSynchronize());
}
