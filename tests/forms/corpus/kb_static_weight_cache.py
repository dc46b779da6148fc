# task: kb2_086_matmul_divide_gelu
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.cpp_extension import load_inline

_src = r"""
#include <torch/extension.h>
#include <ATen/cuda/CUDAContext.h>
#include <cuda_runtime.h>

template <int VEC>
__global__ void divide_gelu(const float* __restrict__ in, float* __restrict__ out, float inv, int64_t n) {
    int64_t i = ((int64_t)blockIdx.x * blockDim.x + threadIdx.x) * VEC;
    #pragma unroll
    for (int v = 0; v < VEC; ++v)
        if (i + v < n) { float t = in[i + v] * inv; out[i + v] = 0.5f * t * (1.f + erff(t * 0.7071067811865476f)); }
}

torch::Tensor linear_divide_gelu(torch::Tensor x, torch::Tensor weight, torch::Tensor bias, double divisor) {
    auto y = at::addmm(bias, x, weight.t());
    auto out = torch::empty_like(y);
    const auto* props = at::cuda::getCurrentDeviceProperties();
    const int threads = 256;
    int64_t wanted = (y.numel() + threads * 4 - 1) / (threads * 4);
    (void)props->multiProcessorCount;
    divide_gelu<4><<<wanted, threads, 0, at::cuda::getCurrentCUDAStream()>>>(y.data_ptr<float>(), out.data_ptr<float>(), 1.0f / divisor, y.numel());
    return out;
}
"""
_mod = None


def _module():
    global _mod
    if _mod is None:
        _mod = load_inline(name="linear_divide_gelu", cpp_sources="torch::Tensor linear_divide_gelu(torch::Tensor x, torch::Tensor weight, torch::Tensor bias, double divisor);",
                           cuda_sources=_src, functions=["linear_divide_gelu"], extra_cuda_cflags=["-O3"])
    return _mod


class ModelNew(nn.Module):
    def __init__(self, input_size, output_size, divisor):
        super().__init__()
        self.linear = nn.Linear(input_size, output_size)
        self.divisor = divisor

    def forward(self, x):
        return _module().linear_divide_gelu(x, self.linear.weight, self.linear.bias, self.divisor)


def get_inputs():
    return [torch.rand(1024, 8192)]


def get_init_inputs():
    return [8192, 8192, 10.0]
