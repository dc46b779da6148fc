# task: kb2_059_matmul_swish_scaling
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

matmul_source = """
#include <torch/extension.h>
#include <cuda_runtime.h>
#define TILE 16
__global__ void linear_kernel(const float* x, const float* w, const float* b, float* y, int m, int n, int k) {
    __shared__ float xs[TILE][TILE], ws[TILE][TILE + 1];
    int row = blockIdx.y * TILE + threadIdx.y, col = blockIdx.x * TILE + threadIdx.x;
    float acc = 0.f;
    for (int t = 0; t < (k + TILE - 1) / TILE; ++t) {
        int kx = t * TILE + threadIdx.x;
        xs[threadIdx.y][threadIdx.x] = row < m && kx < k ? x[row * k + kx] : 0.f;
        int wr = blockIdx.x * TILE + threadIdx.y;
        ws[threadIdx.y][threadIdx.x] = wr < n && kx < k ? w[wr * k + kx] : 0.f;
        __syncthreads();
        for (int i = 0; i < TILE; ++i) acc += xs[threadIdx.y][i] * ws[threadIdx.x][i];
        __syncthreads();
    }
    if (row < m && col < n) y[row * n + col] = acc + b[col];
}
torch::Tensor linear_cuda(torch::Tensor x, torch::Tensor w, torch::Tensor b) {
    int m = x.size(0), k = x.size(1), n = w.size(0);
    auto y = torch::empty({m, n}, x.options());
    linear_kernel<<<dim3((n + TILE - 1) / TILE, (m + TILE - 1) / TILE), dim3(TILE, TILE)>>>(
        x.data_ptr<float>(), w.data_ptr<float>(), b.data_ptr<float>(), y.data_ptr<float>(), m, n, k);
    return y;
}
"""
scale_source = """
#include <torch/extension.h>
#include <cuda_runtime.h>
#define TILE 256
__global__ void swish_scale_kernel(const float* x, float* y, float s, int n) {
    int i = blockIdx.x * TILE + threadIdx.x;
    if (i < n) y[i] = s * x[i] / (1.f + expf(-x[i]));
}
torch::Tensor swish_scale_cuda(torch::Tensor x, float s) {
    auto y = torch::empty_like(x);
    swish_scale_kernel<<<(x.numel() + TILE - 1) / TILE, TILE>>>(x.data_ptr<float>(), y.data_ptr<float>(), s, x.numel());
    return y;
}
"""
linear_ext = load_inline(name="linear_ext", cpp_sources="torch::Tensor linear_cuda(torch::Tensor x, torch::Tensor w, torch::Tensor b);",
                         cuda_sources=matmul_source, functions=["linear_cuda"])
swish_ext = load_inline(name="swish_ext", cpp_sources="torch::Tensor swish_scale_cuda(torch::Tensor x, float s);",
                        cuda_sources=scale_source, functions=["swish_scale_cuda"])


class ModelNew(nn.Module):
    def __init__(self, in_features, out_features, scaling_factor):
        super(ModelNew, self).__init__()
        self.matmul = nn.Linear(in_features, out_features)
        self.scaling_factor = scaling_factor

    def forward(self, x):
        x = linear_ext.linear_cuda(x, self.matmul.weight, self.matmul.bias)
        return swish_ext.swish_scale_cuda(x, self.scaling_factor)


batch_size = 128
in_features = 32768
out_features = 32768
scaling_factor = 2.0


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, scaling_factor]
