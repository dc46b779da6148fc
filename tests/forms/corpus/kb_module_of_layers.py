# task: kb2_063_gemm_relu_divide
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

source = """
#include <torch/extension.h>
#include <cuda_runtime.h>

__global__ void divide_kernel(float* __restrict__ data, const float divisor, const int size) {
    const int stride = blockDim.x * gridDim.x;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < size; i += stride) data[i] = __fdividef(data[i], divisor);
}

void divide_(torch::Tensor data, float divisor) {
    const int size = data.numel();
    divide_kernel<<<min((size + 255) / 256, 1024), 256>>>(data.data_ptr<float>(), divisor, size);
}
"""
op = load_inline(name="divide", cpp_sources="void divide_(torch::Tensor data, float divisor);", cuda_sources=source, functions=["divide_"])


class ModelNew(nn.Module):
    def __init__(self, in_features, out_features, divisor):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(in_features, out_features), nn.ReLU())
        self.divisor = divisor

    def forward(self, x):
        y = self.layers(x)
        op.divide_(y, self.divisor)
        return y


batch_size = 1024
in_features = 8192
out_features = 8192
divisor = 2.0


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, divisor]
