"""The convolution is PyTorch's, what follows one kernel; the file says its shapes itself."""
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

source = """
#include <torch/extension.h>
#include <cuda_runtime.h>

__global__ void relu_bias_kernel(const float* x, const float* b, float* y, int n, int channels, int positions) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) { float v = x[i]; y[i] = (v > 0 ? v : 0) + b[i / positions % channels]; }
}
torch::Tensor relu_bias(torch::Tensor x, torch::Tensor b) {
    auto y = torch::empty_like(x);
    int n = x.numel(); int channels = x.size(1); int positions = x.size(2) * x.size(3);
    relu_bias_kernel<<<(n + 255) / 256, 256>>>(x.data_ptr<float>(), b.data_ptr<float>(), y.data_ptr<float>(), n, channels, positions);
    return y;
}
"""
ext = load_inline(name="ext", cpp_sources="torch::Tensor relu_bias(torch::Tensor x, torch::Tensor b);", cuda_sources=source,
                  functions=["relu_bias"], verbose=False)

class ModelNew(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, bias_shape):
        super(ModelNew, self).__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size)
        self.bias = nn.Parameter(torch.randn(bias_shape))
        self.ext = ext

    def forward(self, x):
        x = self.conv(x)
        return self.ext.relu_bias(x.contiguous(), self.bias)

batch_size = 128
in_channels = 64
out_channels = 128
height = width = 128
kernel_size = 3
bias_shape = (out_channels, 1, 1)

def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]

def get_init_inputs():
    return [in_channels, out_channels, kernel_size, bias_shape]
