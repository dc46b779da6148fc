# task: kb2_012_gemm_multiply_leakyrelu
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.cpp_extension import load_inline

src = """
#include <torch/extension.h>
#include <cuda_runtime.h>
__global__ void scale_leaky(const float* x, float* y, float m, float s, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) { float v = x[i] * m; y[i] = v > 0 ? v : v * s; }
}
torch::Tensor scale_leaky_cuda(torch::Tensor x, float m, float s) {
    auto y = torch::empty_like(x);
    const int n = x.numel();
    scale_leaky<<<(n + 255) / 256, 256>>>(x.data_ptr<float>(), y.data_ptr<float>(), m, s, n);
    return y;
}
"""
op = load_inline(name="scale_leaky", cpp_sources="torch::Tensor scale_leaky_cuda(torch::Tensor x, float m, float s);",
                 cuda_sources=src, functions=["scale_leaky_cuda"])


class ModelNew(nn.Module):
    def __init__(self, in_features, out_features, multiplier, negative_slope):
        super(ModelNew, self).__init__()
        self.gemm = torch.compile(nn.Linear(in_features, out_features))
        self.multiplier = multiplier
        self.negative_slope = negative_slope

    def forward(self, x):
        return op.scale_leaky_cuda(self.gemm(x), self.multiplier, self.negative_slope)


batch_size = 1024
in_features = 8192
out_features = 8192
multiplier = 2.0
negative_slope = 0.1


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, multiplier, negative_slope]
