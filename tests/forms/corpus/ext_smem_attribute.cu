// task: kb1_023_softmax
#include <torch/extension.h>
#include <cuda_runtime.h>
#include <cuda_fp16.h>
#include <float.h>
#define THREADS 512
#define WARPS (THREADS / 32)

__device__ __forceinline__ float warp_max(float v) {
    for (int o = 16; o > 0; o /= 2) v = fmaxf(v, __shfl_down_sync(0xffffffff, v, o));
    return v;
}
__device__ __forceinline__ float warp_sum(float v) {
    for (int o = 16; o > 0; o /= 2) v += __shfl_down_sync(0xffffffff, v, o);
    return v;
}
__global__ void softmax_cached(const float* __restrict__ x, float* __restrict__ y, int n) {
    extern __shared__ float cache[];
    __shared__ float parts[WARPS];
    __shared__ float all;
    const float* in = x + (size_t)blockIdx.x * n;
    float* out = y + (size_t)blockIdx.x * n;
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    float m = -FLT_MAX;
    for (int i = threadIdx.x; i < n; i += THREADS) { cache[i] = in[i]; m = fmaxf(m, cache[i]); }
    m = warp_max(m);
    if (lane == 0) parts[warp] = m;
    __syncthreads();
    if (warp == 0) {
        m = warp_max(lane < WARPS ? parts[lane] : -FLT_MAX);
        if (lane == 0) all = m;
    }
    __syncthreads();
    m = all;
    float s = 0.f;
    for (int i = threadIdx.x; i < n; i += THREADS) { cache[i] = __expf(cache[i] - m); s += cache[i]; }
    s = warp_sum(s);
    __syncthreads();
    if (lane == 0) parts[warp] = s;
    __syncthreads();
    if (warp == 0) {
        s = warp_sum(lane < WARPS ? parts[lane] : 0.f);
        if (lane == 0) all = s;
    }
    __syncthreads();
    const float r = 1.0f / all;
    for (int i = threadIdx.x; i < n; i += THREADS) out[i] = cache[i] * r;
}

torch::Tensor forward(torch::Tensor x) {
    TORCH_CHECK(x.dim() == 2, "Input tensor must be 2D");
    TORCH_CHECK(x.scalar_type() == torch::kFloat32, "Input tensor must be float32");
    auto y = torch::empty_like(x);
    const int rows = x.size(0), n = x.size(1);
    const size_t bytes = n * sizeof(float);
    if (bytes > 48 * 1024) {
        cudaFuncSetAttribute(softmax_cached, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(bytes));
    }
    softmax_cached<<<rows, THREADS, bytes>>>(x.data_ptr<float>(), y.data_ptr<float>(), n);
    return y;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward, "Softmax forward (CUDA)");
}
