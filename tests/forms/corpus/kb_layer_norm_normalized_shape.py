# task: kb1_040_layernorm
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

code = """
#include <torch/extension.h>
#include <cuda_runtime.h>

__inline__ __device__ float warp_sum(float v) {
    #pragma unroll
    for (int m = 16; m > 0; m >>= 1) v += __shfl_xor_sync(0xffffffff, v, m);
    return v;
}
__global__ void layer_norm_kernel(const float* __restrict__ x, const float* __restrict__ w, const float* __restrict__ b, float* __restrict__ y, int size, float eps) {
    __shared__ float parts[32];
    __shared__ float mean_s, rstd_s;
    const float* p = x + (size_t)blockIdx.x * size;
    float s = 0.f;
    for (int i = threadIdx.x; i < size; i += blockDim.x) s += p[i];
    s = warp_sum(s);
    if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = s;
    __syncthreads();
    if (threadIdx.x < 32) {
        s = warp_sum(threadIdx.x < blockDim.x / 32 ? parts[threadIdx.x] : 0.f);
        if (threadIdx.x == 0) mean_s = s / size;
    }
    __syncthreads();
    float q = 0.f;
    for (int i = threadIdx.x; i < size; i += blockDim.x) { float d = p[i] - mean_s; q += d * d; }
    q = warp_sum(q);
    if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = q;
    __syncthreads();
    if (threadIdx.x < 32) {
        q = warp_sum(threadIdx.x < blockDim.x / 32 ? parts[threadIdx.x] : 0.f);
        if (threadIdx.x == 0) rstd_s = rsqrtf(q / size + eps);
    }
    __syncthreads();
    for (int i = threadIdx.x; i < size; i += blockDim.x)
        y[(size_t)blockIdx.x * size + i] = (p[i] - mean_s) * rstd_s * w[i] + b[i];
}
torch::Tensor layer_norm_cuda(torch::Tensor x, torch::Tensor w, torch::Tensor b, double eps) {
    const int size = w.numel();
    const int rows = x.numel() / size;
    auto y = torch::empty_like(x);
    layer_norm_kernel<<<rows, 512>>>(x.data_ptr<float>(), w.data_ptr<float>(), b.data_ptr<float>(), y.data_ptr<float>(), size, (float)eps);
    return y;
}
"""
ln = load_inline(name="ln", cpp_sources="torch::Tensor layer_norm_cuda(torch::Tensor x, torch::Tensor w, torch::Tensor b, double eps);",
                 cuda_sources=code, functions=["layer_norm_cuda"])


class ModelNew(nn.Module):
    def __init__(self, normalized_shape: tuple):
        super(ModelNew, self).__init__()
        self.weight = nn.Parameter(torch.ones(normalized_shape))
        self.bias = nn.Parameter(torch.zeros(normalized_shape))
        self.eps = 1e-5

    def forward(self, x):
        return ln.layer_norm_cuda(x.contiguous(), self.weight, self.bias, self.eps)


batch_size = 16
features = 64
dim1 = 256
dim2 = 256


def get_inputs():
    return [torch.rand(batch_size, features, dim1, dim2)]


def get_init_inputs():
    return [(features, dim1, dim2)]
