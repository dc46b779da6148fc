import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

_src = """
#include <torch/extension.h>
#include <cuda_runtime.h>
__global__ void relu_div(float* __restrict__ y, int64_t n, float inv) {
    int64_t i = blockIdx.x * (int64_t)blockDim.x + threadIdx.x;
    if (i < n) y[i] = fmaxf(y[i], 0.f) * inv;
}
torch::Tensor linear_relu_div(const torch::Tensor& x, const torch::Tensor& w, const torch::Tensor& b, double divisor) {
    auto y = at::addmm(b, x, w.t());
    relu_div<<<(y.numel() + 255) / 256, 256>>>(y.data_ptr<float>(), y.numel(), static_cast<float>(1.0 / divisor));
    return y;
}
"""
_ext = load_inline(name="lrd", cpp_sources="torch::Tensor linear_relu_div(const torch::Tensor& x, const torch::Tensor& w, const torch::Tensor& b, double divisor);", cuda_sources=_src, functions=["linear_relu_div"])

@torch.library.custom_op("mylib::linear_relu_div", mutates_args=())
def linear_relu_div(x: torch.Tensor, w: torch.Tensor, b: torch.Tensor, divisor: float) -> torch.Tensor:
    return _ext.linear_relu_div(x, w, b, divisor)

@linear_relu_div.register_fake
def _(x, w, b, divisor):
    return x.new_empty(x.shape[0], w.shape[0])

class ModelNew(nn.Module):
    def __init__(self, in_features, out_features, divisor):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)
        self.divisor = divisor

    def forward(self, x):
        return torch.ops.mylib.linear_relu_div(x, self.linear.weight, self.linear.bias, self.divisor)
