# task: kb2_009_matmul_subtract_multiply_relu
import os
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

os.environ["TORCH_CUDA_ARCH_LIST"] = "9.0"
os.environ.setdefault("CXX", "g++")

cpp = """
#include <torch/extension.h>
void epilogue_launch(torch::Tensor& t, const c10::optional<torch::Tensor>& bias, double sub, double mul);
torch::Tensor fused_linear(const torch::Tensor& x, const torch::Tensor& w, const c10::optional<torch::Tensor>& bias, double sub, double mul) {
    auto t = at::matmul(x, w.t());
    epilogue_launch(t, bias, sub, mul);
    return t;
}
"""
cuda = """
#include <torch/extension.h>
#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDAGuard.h>
template <bool HasBias>
__global__ void epi(float* t, const float* bias, int cols, int n, float sub, float mul) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        float v = t[i];
        if constexpr (HasBias) v += bias[i % cols];
        v = (v - sub) * mul;
        t[i] = v > 0.f ? v : 0.f;
    }
}
void epilogue_launch(torch::Tensor& t, const c10::optional<torch::Tensor>& bias, double sub, double mul) {
    const c10::cuda::OptionalCUDAGuard guard(device_of(t));
    auto stream = at::cuda::getCurrentCUDAStream();
    const int n = static_cast<int>(t.numel());
    const dim3 grid(at::ceil_div(n, 256));
    if (bias.has_value() && bias->defined())
        epi<true><<<grid, 256, 0, stream>>>(t.data_ptr<float>(), bias->data_ptr<float>(), t.size(-1), n, sub, mul);
    else
        epi<false><<<grid, 256, 0, stream>>>(t.data_ptr<float>(), nullptr, t.size(-1), n, sub, mul);
    AT_CUDA_CHECK(cudaGetLastError());
}
"""
ext = load_inline(name="fused_linear_ext", cpp_sources=cpp, cuda_sources=cuda, functions=["fused_linear"], verbose=False)


class ModelNew(nn.Module):
    def __init__(self, in_features, out_features, subtract_value, multiply_value):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)
        self.subtract_value = subtract_value
        self.multiply_value = multiply_value

    def forward(self, x):
        return ext.fused_linear(x, self.linear.weight, self.linear.bias, float(self.subtract_value), float(self.multiply_value))
