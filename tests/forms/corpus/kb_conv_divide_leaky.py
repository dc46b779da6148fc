# task: kb2_071_conv2d_divide_leakyrelu
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.cpp_extension import load_inline

src = """
#include <torch/extension.h>
#include <cuda.h>
#include <cuda_runtime.h>

__global__ void divide_leaky(float* x, float inverse, float slope, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    int step = blockDim.x * gridDim.x;
    for (; i < n; i += step) {
        float v = x[i] * inverse;
        x[i] = v >= 0.f ? v : v * slope;
    }
}

// in place
torch::Tensor divide_leaky_(torch::Tensor x, double divisor, double slope) {
    int n = x.numel();
    int blocks = std::min((n + 255) / 256, 4096);
    divide_leaky<<<blocks, 256>>>(x.data_ptr<float>(), 1.0f / static_cast<float>(divisor), static_cast<float>(slope), n);
    return x;
}
"""
mod = load_inline(name="divide_leaky_mod", cpp_sources="torch::Tensor divide_leaky_(torch::Tensor x, double divisor, double slope);",
                  cuda_sources=src, functions=["divide_leaky_"], extra_cuda_cflags=["-O3", "--use_fast_math"])


class ModelNew(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, divisor):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size)
        self.divisor = divisor

    def forward(self, x):
        return mod.divide_leaky_(self.conv(x), self.divisor, 0.01)


batch_size = 128
in_channels = 8
out_channels = 64
height, width = 128, 128
kernel_size = 3
divisor = 2


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size, divisor]
