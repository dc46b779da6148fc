import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.cpp_extension import load_inline

source = """
#include <torch/extension.h>

__global__ void divide_leaky_relu(const float* c, const float* bias, float* y, int positions, int channels, float divisor,
                                  float slope, int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        const float v = (c[i] + bias[i / positions % channels]) / divisor;
        y[i] = v >= 0.0f ? v : v * slope;
    }
}

torch::Tensor epilogue(torch::Tensor c, torch::Tensor bias, double divisor, double slope) {
    c = c.contiguous();
    auto y = torch::empty_like(c);
    const int n = c.numel(), threads = 256;
    divide_leaky_relu<<<(n + threads - 1) / threads, threads>>>(c.data_ptr<float>(), bias.data_ptr<float>(), y.data_ptr<float>(),
                                                                c.size(2) * c.size(3), c.size(1), divisor, slope, n);
    return y;
}
"""
extension = load_inline(name="epilogue", functions=["epilogue"], cuda_sources=source,
                        cpp_sources="torch::Tensor epilogue(torch::Tensor c, torch::Tensor bias, double divisor, double slope);")


class ModelNew(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, divisor):
        super().__init__()
        conv = nn.Conv2d(in_channels, out_channels, kernel_size)
        self.weight, self.bias = conv.weight, conv.bias
        self.divisor = divisor

    def forward(self, x):
        c = F.conv2d(x, self.weight)
        return extension.epilogue(c, self.bias, self.divisor, 0.01)


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
