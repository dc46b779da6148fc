import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

source = """
#include <torch/extension.h>

__device__ float softplus_of(float v) {
    return fmaxf(v, 0.0f) + log1pf(expf(-fabsf(v)));
}

__global__ void softplus_kernel(const float* __restrict__ x, float* __restrict__ y, int64_t n) {
    const int64_t i = blockIdx.x * int64_t(blockDim.x) + threadIdx.x;
    if (i < n) y[i] = softplus_of(x[i]);
}

torch::Tensor softplus_forward(const torch::Tensor& x) {
    auto y = torch::empty_like(x);
    const auto n = x.numel();
    softplus_kernel<<<(n + 255) / 256, 256>>>(x.data_ptr<float>(), y.data_ptr<float>(), n);
    return y;
}
"""
_module = None


def module():
    global _module
    if _module is None:
        _module = load_inline(name="softplus", cpp_sources="torch::Tensor softplus_forward(const torch::Tensor& x);",
                              cuda_sources=source, functions=["softplus_forward"])
    return _module


class Softplus(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return module().softplus_forward(x.contiguous())

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient * torch.sigmoid(x)


class ModelNew(nn.Module):
    def forward(self, x):
        return Softplus.apply(x)
