# task: kb1_033_batchnorm
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

bn = r"""
#include <torch/extension.h>
#include <cuda_runtime.h>

__global__ void stats(const float* x, float* mean, float* var, int n, int c, int space) {
    __shared__ float s1[256], s2[256];
    int ch = blockIdx.x;
    float a = 0.f, b = 0.f;
    for (int i = threadIdx.x; i < n * space; i += blockDim.x) {
        float v = x[((size_t)(i / space) * c + ch) * space + i % space];
        a += v;
        b += v * v;
    }
    s1[threadIdx.x] = a; s2[threadIdx.x] = b;
    __syncthreads();
    for (int w = 128; w; w >>= 1) {
        if (threadIdx.x < w) { s1[threadIdx.x] += s1[threadIdx.x + w]; s2[threadIdx.x] += s2[threadIdx.x + w]; }
        __syncthreads();
    }
    if (threadIdx.x == 0) {
        float m = s1[0] / (n * space);
        mean[ch] = m;
        var[ch] = s2[0] / (n * space) - m * m;
    }
}
__global__ void apply(const float* x, const float* mean, const float* var, const float* g, const float* b, float* y, float eps, int c, int space, int total) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < total) {
        int ch = i / space % c;
        y[i] = (x[i] - mean[ch]) * rsqrtf(var[ch] + eps) * g[ch] + b[ch];
    }
}
std::vector<torch::Tensor> batch_norm_forward(torch::Tensor x, torch::Tensor gamma, torch::Tensor beta, float eps) {
    int n = x.size(0), c = x.size(1), space = x.size(2) * x.size(3);
    auto mean = torch::empty({c}, x.options()), var = torch::empty({c}, x.options());
    auto y = torch::empty_like(x);
    stats<<<c, 256>>>(x.data_ptr<float>(), mean.data_ptr<float>(), var.data_ptr<float>(), n, c, space);
    int total = x.numel();
    apply<<<(total + 255) / 256, 256>>>(x.data_ptr<float>(), mean.data_ptr<float>(), var.data_ptr<float>(), gamma.data_ptr<float>(),
        beta.data_ptr<float>(), y.data_ptr<float>(), eps, c, space, total);
    return {y, mean, var};
}
"""
ext = load_inline(name="bn_ext", cpp_sources="std::vector<torch::Tensor> batch_norm_forward(torch::Tensor x, torch::Tensor gamma, torch::Tensor beta, float eps);",
                  cuda_sources=bn, functions=["batch_norm_forward"])


class ModelNew(nn.Module):
    def __init__(self, num_features: int):
        super(ModelNew, self).__init__()
        self.bn = nn.BatchNorm2d(num_features=num_features)

    def forward(self, x):
        y, mean, var = ext.batch_norm_forward(x, self.bn.weight, self.bn.bias, self.bn.eps)
        return y


def get_inputs():
    return [torch.rand(64, 64, 512, 512)]


def get_init_inputs():
    return [64]
