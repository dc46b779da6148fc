# task: kb1_063_conv_standard_2d_square_input_square_kernel
import math
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

conv_source = """
#include <torch/extension.h>
#include <cuda_runtime.h>

__global__ void unfold(const float* x, float* cols, int batch, int channels, int h, int w, int k, int stride, int pad,
                       int oh, int ow) {
    int at = blockIdx.x * blockDim.x + threadIdx.x;
    int total = batch * oh * ow;
    if (at >= total) return;
    int ox = at % ow, oy = at / ow % oh, n = at / (ow * oh);
    for (int c = 0; c < channels; ++c)
        for (int i = 0; i < k; ++i)
            for (int j = 0; j < k; ++j) {
                int y = oy * stride - pad + i, xx = ox * stride - pad + j;
                bool in = y >= 0 && y < h && xx >= 0 && xx < w;
                cols[(size_t)((c * k + i) * k + j) * total + at] = in ? x[((n * channels + c) * h + y) * w + xx] : 0.0f;
            }
}

__global__ void product(const float* a, const float* b, float* c, int m, int n, int k) {
    int row = blockIdx.y * blockDim.y + threadIdx.y;
    int col = blockIdx.x * blockDim.x + threadIdx.x;
    if (row < m && col < n) {
        float sum = 0.0f;
        for (int i = 0; i < k; ++i) sum += a[row * k + i] * b[(size_t)i * n + col];
        c[(size_t)row * n + col] = sum;
    }
}

__global__ void add_bias(float* y, const float* bias, int channels, int space) {
    int at = blockIdx.x * blockDim.x + threadIdx.x;
    if (at < channels * space) y[at] += bias[at / space];
}

torch::Tensor conv_forward(torch::Tensor x, torch::Tensor weight, torch::Tensor bias, int stride, int padding) {
    if (bias.defined()) {
        TORCH_CHECK(bias.is_cuda(), "bias must be a CUDA tensor");
    }
    x = x.contiguous();
    weight = weight.contiguous();
    const int batch = x.size(0), channels = x.size(1), h = x.size(2), w = x.size(3);
    const int out_channels = weight.size(0), k = weight.size(2);
    const int oh = (h + 2 * padding - k) / stride + 1, ow = (w + 2 * padding - k) / stride + 1;
    const int rows = channels * k * k, cols = batch * oh * ow;
    auto unfolded = torch::empty({rows, cols}, x.options());
    unfold<<<(cols + 255) / 256, 256>>>(x.data_ptr<float>(), unfolded.data_ptr<float>(), batch, channels, h, w, k, stride,
                                        padding, oh, ow);
    auto flat = weight.view({out_channels, -1});
    auto y = torch::empty({out_channels, cols}, x.options());
    dim3 block(16, 16);
    dim3 grid((cols + block.x - 1) / block.x, (out_channels + block.y - 1) / block.y);
    product<<<grid, block>>>(flat.data_ptr<float>(), unfolded.data_ptr<float>(), y.data_ptr<float>(), out_channels, cols, rows);
    if (bias.defined()) {
        add_bias<<<(out_channels * cols + 255) / 256, 256>>>(y.data_ptr<float>(), bias.data_ptr<float>(), out_channels, cols);
    }
    return y.view({out_channels, batch, oh, ow}).permute({1, 0, 2, 3}).contiguous();
}
"""
conv = load_inline(
    name="conv_im2col",
    cpp_sources="torch::Tensor conv_forward(torch::Tensor x, torch::Tensor weight, torch::Tensor bias, int stride, int padding);",
    cuda_sources=conv_source, functions=["conv_forward"])


class ModelNew(nn.Module):
    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, stride: int = 1, padding: int = 0,
                 dilation: int = 1, groups: int = 1, bias: bool = False):
        super(ModelNew, self).__init__()
        if groups != 1:
            raise NotImplementedError("groups other than 1")
        self.stride = stride
        self.padding = padding
        self.weight = nn.Parameter(torch.Tensor(out_channels, in_channels // groups, kernel_size, kernel_size))
        if bias:
            self.bias = nn.Parameter(torch.Tensor(out_channels))
        else:
            self.register_parameter('bias', None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in, _ = nn.init._calculate_fan_in_and_fan_out(self.weight)
            bound = 1 / math.sqrt(fan_in)
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return conv.conv_forward(x, self.weight, self.bias, self.stride, self.padding)


batch_size = 16
in_channels = 16
out_channels = 128
kernel_size = 3
width = 1024
height = 1024


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, out_channels, kernel_size]
