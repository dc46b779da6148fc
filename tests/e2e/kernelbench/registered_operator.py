import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

cpp = """
#include <torch/extension.h>
at::Tensor fast_tanh(const at::Tensor& x);
TORCH_LIBRARY(fastops, m) { m.def("tanh(Tensor x) -> Tensor"); }
TORCH_LIBRARY_IMPL(fastops, CUDA, m) { m.impl("tanh", &fast_tanh); }
"""
cuda = """
#include <torch/extension.h>
__device__ __forceinline__ float tanh_fast(float x) { float t = __expf(-2.f * fabsf(x)); float r = (1.f - t) / (1.f + t); return copysignf(r, x); }
__global__ void tanh_k(const float* __restrict__ x, float* __restrict__ y, long n) {
    long i = (long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = tanh_fast(x[i]);
}
at::Tensor fast_tanh(const at::Tensor& x) {
    auto y = at::empty_like(x);
    tanh_k<<<(x.numel() + 255) / 256, 256>>>(x.data_ptr<float>(), y.data_ptr<float>(), x.numel());
    return y;
}
"""
load_inline(name="fastops_ext", cpp_sources=cpp, cuda_sources=cuda, is_python_module=False)

class ModelNew(nn.Module):
    def forward(self, x):
        return torch.ops.fastops.tanh(x)
