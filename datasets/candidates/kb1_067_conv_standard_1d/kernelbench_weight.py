import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

source = """
#include <torch/extension.h>

// A block for each output channel of a signal; its weights are in shared memory.
__global__ void conv1d_kernel(const float* __restrict__ x, const float* __restrict__ weight, float* __restrict__ y, int in,
                              int out, int length, int kernel, int positions) {
    extern __shared__ float w[];
    const int channel = blockIdx.y, signal = blockIdx.z;
    for (int i = threadIdx.x; i < in * kernel; i += blockDim.x) w[i] = weight[(size_t)channel * in * kernel + i];
    __syncthreads();
    const int p = blockIdx.x * blockDim.x + threadIdx.x;
    if (p >= positions) return;
    float sum = 0.0f;
    for (int c = 0; c < in; ++c)
        for (int k = 0; k < kernel; ++k) sum += x[((size_t)signal * in + c) * length + p + k] * w[c * kernel + k];
    y[((size_t)signal * out + channel) * positions + p] = sum;
}

torch::Tensor conv1d(torch::Tensor x, torch::Tensor weight) {
    const int in = x.size(1), out = weight.size(0), kernel = weight.size(2), positions = x.size(2) - kernel + 1;
    auto y = torch::empty({x.size(0), out, positions}, x.options());
    const dim3 grid((positions + 127) / 128, out, x.size(0));
    conv1d_kernel<<<grid, 128, in * kernel * sizeof(float)>>>(x.data_ptr<float>(), weight.data_ptr<float>(), y.data_ptr<float>(),
                                                              in, out, x.size(2), kernel, positions);
    return y;
}
"""
extension = load_inline(name="conv1d", cpp_sources="torch::Tensor conv1d(torch::Tensor x, torch::Tensor weight);",
                        cuda_sources=source, functions=["conv1d"])


class ModelNew(nn.Module):
    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, stride: int = 1, padding: int = 0,
                 dilation: int = 1, groups: int = 1, bias: bool = False):
        super().__init__()
        assert stride == 1 and padding == 0 and dilation == 1 and groups == 1
        self.conv1d = nn.Conv1d(in_channels, out_channels, kernel_size, bias=bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return extension.conv1d(x.contiguous(), self.conv1d.weight)


in_channels = 64
out_channels = 128
kernel_size = 3


def get_init_inputs():
    return [in_channels, out_channels, kernel_size]
