# task: kb1_082_conv_depthwise_2d_square_input_square_kernel
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

code = """
#include <torch/extension.h>
#include <cuda_runtime.h>

__global__ void depthwise(const float* __restrict__ x, const float* __restrict__ w, const float* __restrict__ b, float* __restrict__ y,
                          int channels, int h, int wd, int k, int stride, int pad, int oh, int ow, bool has_bias) {
    int ox = blockIdx.x * blockDim.x + threadIdx.x, oy = blockIdx.y * blockDim.y + threadIdx.y, plane = blockIdx.z;
    if (ox >= ow || oy >= oh) return;
    int c = plane % channels;
    float sum = has_bias ? b[c] : 0.f;
    for (int i = 0; i < k; ++i)
        for (int j = 0; j < k; ++j) {
            int yy = oy * stride + i - pad, xx = ox * stride + j - pad;
            if (yy >= 0 && yy < h && xx >= 0 && xx < wd) sum += x[((size_t)plane * h + yy) * wd + xx] * w[(c * k + i) * k + j];
        }
    y[((size_t)plane * oh + oy) * ow + ox] = sum;
}

torch::Tensor depthwise_forward(torch::Tensor x, torch::Tensor w, c10::optional<torch::Tensor> bias, int stride, int pad) {
    TORCH_CHECK(x.is_cuda(), "x must be CUDA");
    int n = x.size(0), c = x.size(1), h = x.size(2), wd = x.size(3), k = w.size(2);
    int oh = (h + 2 * pad - k) / stride + 1, ow = (wd + 2 * pad - k) / stride + 1;
    auto y = torch::empty({n, c, oh, ow}, x.options());
    const float* b = nullptr;
    if (bias.has_value()) b = bias.value().data_ptr<float>();
    dim3 block(16, 16), grid((ow + 15) / 16, (oh + 15) / 16, n * c);
    depthwise<<<grid, block>>>(x.data_ptr<float>(), w.data_ptr<float>(), b, y.data_ptr<float>(), c, h, wd, k, stride, pad, oh, ow, b != nullptr);
    return y;
}
"""
ext = load_inline(name="depthwise_ext",
                  cpp_sources="torch::Tensor depthwise_forward(torch::Tensor x, torch::Tensor w, c10::optional<torch::Tensor> bias, int stride, int pad);",
                  cuda_sources=code, functions=["depthwise_forward"])


class ModelNew(nn.Module):
    def __init__(self, in_channels: int, kernel_size: int, stride: int = 1, padding: int = 0, bias: bool = False):
        super(ModelNew, self).__init__()
        self.conv2d = nn.Conv2d(in_channels, in_channels, kernel_size, stride=stride, padding=padding, groups=in_channels, bias=bias)
        self.stride = stride
        self.padding = padding

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, channels, height, width = x.shape
        assert channels == self.conv2d.in_channels
        return ext.depthwise_forward(x, self.conv2d.weight, self.conv2d.bias, self.stride, self.padding)


batch_size = 16
in_channels = 64
kernel_size = 3
width = 512
height = 512
stride = 1
padding = 0


def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]


def get_init_inputs():
    return [in_channels, kernel_size, stride, padding]
