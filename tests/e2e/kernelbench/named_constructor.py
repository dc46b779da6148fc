"""Without get_inputs(): the constructor's names say what they are; stride and padding the task's reference does."""
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

cuda_source = r"""
#include <torch/extension.h>

__global__ void finish(const float* c, const float* shift, float* y, int total, int channels, int positions, float factor) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < total) {
        float v = fminf(fmaxf(c[i] + shift[i / positions % channels], 0.0f), 1.0f) * factor;
        y[i] = fminf(fmaxf(v, 0.0f), 1.0f) / factor;
    }
}

torch::Tensor bias_clamp_scale(torch::Tensor c, torch::Tensor shift, double factor) {
    TORCH_CHECK(c.is_contiguous(), "c must be contiguous");
    auto y = torch::empty_like(c);
    const int total = c.numel();
    finish<<<(total + 127) / 128, 128>>>(c.data_ptr<float>(), shift.data_ptr<float>(), y.data_ptr<float>(), total,
                                         c.size(1), c.size(2) * c.size(3), factor);
    return y;
}
"""
cpp_source = "torch::Tensor bias_clamp_scale(torch::Tensor c, torch::Tensor shift, double factor);"

module = load_inline(name="finish", cpp_sources=[cpp_source], cuda_sources=[cuda_source], functions=["bias_clamp_scale"],
                     extra_cuda_cflags=["-O3"], verbose=True)


class ModelNew(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, output_padding, bias_shape, scaling_factor):
        super().__init__()
        self.conv_transpose = nn.ConvTranspose2d(in_channels, out_channels, kernel_size, stride=stride, padding=padding,
                                                 output_padding=output_padding)
        self.bias = nn.Parameter(torch.randn(bias_shape))
        self.scaling_factor = scaling_factor

    def forward(self, x):
        return module.bias_clamp_scale(self.conv_transpose(x), self.bias, self.scaling_factor)
