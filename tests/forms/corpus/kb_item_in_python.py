# task: kb1_037_frobeniusnorm
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

source = """
#include <torch/extension.h>
#include <cuda_runtime.h>

__global__ void squares(const float* x, float* sum, int64_t n) {
    float s = 0.f;
    for (int64_t i = blockIdx.x * (int64_t)blockDim.x + threadIdx.x; i < n; i += (int64_t)gridDim.x * blockDim.x) s += x[i] * x[i];
    atomicAdd(sum, s);
}
__global__ void divide(const float* x, float* y, float norm, int64_t n) {
    int64_t i = blockIdx.x * (int64_t)blockDim.x + threadIdx.x;
    if (i < n) y[i] = x[i] / norm;
}
torch::Tensor sum_of_squares(torch::Tensor x) {
    auto s = torch::zeros({1}, x.options());
    squares<<<64, 256>>>(x.data_ptr<float>(), s.data_ptr<float>(), x.numel());
    return s;
}
torch::Tensor divide_by(torch::Tensor x, double norm) {
    auto y = torch::empty_like(x);
    divide<<<(x.numel() + 255) / 256, 256>>>(x.data_ptr<float>(), y.data_ptr<float>(), (float)norm, x.numel());
    return y;
}
"""
ext = load_inline(name="frobenius", cpp_sources="torch::Tensor sum_of_squares(torch::Tensor x); torch::Tensor divide_by(torch::Tensor x, double norm);",
                  cuda_sources=source, functions=["sum_of_squares", "divide_by"])


class ModelNew(nn.Module):
    def __init__(self):
        super(ModelNew, self).__init__()

    def forward(self, x):
        norm = ext.sum_of_squares(x).item() ** 0.5
        return ext.divide_by(x, norm)
