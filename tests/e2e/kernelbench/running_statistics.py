import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.cpp_extension import load_inline

src = """
#include <torch/extension.h>
__global__ void bn_relu(float* __restrict__ x, const float* __restrict__ res, const float* __restrict__ g, const float* __restrict__ b,
                        const float* __restrict__ m, const float* __restrict__ v, int C, int S, int n, float eps, bool relu) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    int c = (i / S) % C;
    float y = (x[i] - m[c]) * rsqrtf(v[c] + eps) * g[c] + b[c];
    if (res) y += res[i];
    x[i] = relu ? fmaxf(y, 0.f) : y;
}
torch::Tensor bn_act(torch::Tensor x, c10::optional<torch::Tensor> res, torch::Tensor g, torch::Tensor b, torch::Tensor m, torch::Tensor v, double eps, bool relu) {
    int n = x.numel(), C = x.size(1), S = x.size(2) * x.size(3);
    bn_relu<<<(n + 255) / 256, 256>>>(x.data_ptr<float>(), res ? res->data_ptr<float>() : nullptr, g.data_ptr<float>(), b.data_ptr<float>(), m.data_ptr<float>(), v.data_ptr<float>(), C, S, n, eps, relu);
    return x;
}
"""
ops = load_inline(name="bn_act", cpp_sources="torch::Tensor bn_act(torch::Tensor x, c10::optional<torch::Tensor> res, torch::Tensor g, torch::Tensor b, torch::Tensor m, torch::Tensor v, double eps, bool relu);", cuda_sources=src, functions=["bn_act"])

class ModelNew(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.downsample = nn.Sequential(nn.Conv2d(in_channels, out_channels, 1, stride=stride), nn.BatchNorm2d(out_channels))

    def forward(self, x):
        bn = lambda m: (m.weight, m.bias, m.running_mean, m.running_var, m.eps)
        identity = ops.bn_act(self.downsample[0](x), None, *bn(self.downsample[1]), False)
        y = ops.bn_act(self.conv1(x), None, *bn(self.bn1), True)
        return ops.bn_act(self.conv2(y), identity, *bn(self.bn2), True)
