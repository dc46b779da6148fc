# task: kb2_076_gemm_add_relu
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

cuda_source = """
#include <torch/extension.h>
#include <cuda_runtime.h>
#include <math_constants.h>

__global__ void add_relu(const float* __restrict__ x, const float* __restrict__ bias, float* __restrict__ y, int rows, int cols) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    int total = rows * cols;
    if (i < total) {
        float v = x[i] + bias[i % cols];
        y[i] = fmaxf(v, 0.0f);
    }
}

torch::Tensor add_relu_cuda(torch::Tensor x, torch::Tensor bias) {
    int rows = x.size(0);
    int cols = x.size(1);
    auto y = torch::empty_like(x);
    int total = rows * cols;
    add_relu<<<(total + 255) / 256, 256>>>(x.data_ptr<float>(), bias.data_ptr<float>(), y.data_ptr<float>(), rows, cols);
    return y;
}
"""

fused = load_inline(name='add_relu', cpp_sources="torch::Tensor add_relu_cuda(torch::Tensor x, torch::Tensor bias);",
                    cuda_sources=cuda_source, functions=['add_relu_cuda'], verbose=True)


class ModelNew(nn.Module):
    def __init__(self, in_features, out_features, bias_shape):
        super(ModelNew, self).__init__()
        self.gemm = nn.Linear(in_features, out_features, bias=False)
        self.bias = nn.Parameter(torch.randn(bias_shape))
        self.fused = fused

    def forward(self, x):
        x = self.gemm(x)
        return self.fused.add_relu_cuda(x, self.bias)


batch_size = 1024
in_features = 8192
out_features = 8192
bias_shape = (out_features,)


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, bias_shape]
