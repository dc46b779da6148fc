import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

source = """
#include <torch/extension.h>

constexpr int TILE = 16;

__global__ void linear_scale_add(const float* __restrict__ x, const float* __restrict__ weight, const float* __restrict__ bias,
                                 float* __restrict__ y, int batch, int in, int out, float factor) {
    __shared__ float a[TILE][TILE], b[TILE][TILE + 1];
    const int row = blockIdx.y * TILE + threadIdx.y, col = blockIdx.x * TILE + threadIdx.x;
    float sum = 0.0f;
    for (int first = 0; first < in; first += TILE) {
        const int k = first + threadIdx.x, of = blockIdx.x * TILE + threadIdx.y;
        a[threadIdx.y][threadIdx.x] = row < batch && k < in ? x[(size_t)row * in + k] : 0.0f;
        b[threadIdx.y][threadIdx.x] = of < out && k < in ? weight[(size_t)of * in + k] : 0.0f;
        __syncthreads();
        for (int i = 0; i < TILE; ++i) sum += a[threadIdx.y][i] * b[threadIdx.x][i];
        __syncthreads();
    }
    if (row < batch && col < out) {
        const float c = sum + bias[col];
        y[(size_t)row * out + col] = c * factor + c;
    }
}

torch::Tensor fused(torch::Tensor x, torch::Tensor weight, torch::Tensor bias, double factor) {
    const int batch = x.size(0), in = x.size(1), out = weight.size(0);
    auto y = torch::empty({batch, out}, x.options());
    const dim3 grid((out + TILE - 1) / TILE, (batch + TILE - 1) / TILE), block(TILE, TILE);
    linear_scale_add<<<grid, block>>>(x.data_ptr<float>(), weight.data_ptr<float>(), bias.data_ptr<float>(), y.data_ptr<float>(),
                                      batch, in, out, factor);
    return y;
}
"""
extension = load_inline(name="fused",
                        cpp_sources="torch::Tensor fused(torch::Tensor x, torch::Tensor weight, torch::Tensor bias, double factor);",
                        cuda_sources=source, functions=["fused"])


class Model(nn.Module):
    def __init__(self, in_features, out_features, scaling_factor):
        super(Model, self).__init__()
        self.matmul = nn.Linear(in_features, out_features)
        self.scaling_factor = scaling_factor

    def forward(self, x):
        x = self.matmul(x)
        original = x.clone().detach()
        return x * self.scaling_factor + original


class ModelNew(Model):
    def forward(self, x):
        if not x.is_cuda:
            return super().forward(x)
        return extension.fused(x, self.matmul.weight, self.matmul.bias, self.scaling_factor)


batch_size = 16384
in_features = 4096
out_features = 4096
scaling_factor = 0.5


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, scaling_factor]
