"""forward takes another way for rows of a multiple of four: each workload has its own."""
import math

import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

source = """
#include <torch/extension.h>
__global__ void one(const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = 0.5f * x[i] * (1.0f + erff(x[i] * 0.70710678f));
}
__global__ void four(const float4* x, float4* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        float4 v = x[i];
        v.x *= 0.5f * (1.0f + erff(v.x * 0.70710678f));
        v.y *= 0.5f * (1.0f + erff(v.y * 0.70710678f));
        v.z *= 0.5f * (1.0f + erff(v.z * 0.70710678f));
        v.w *= 0.5f * (1.0f + erff(v.w * 0.70710678f));
        y[i] = v;
    }
}
torch::Tensor gelu(torch::Tensor x, int width, int blocks) {
    auto y = torch::empty_like(x);
    const int n = x.numel() / width;
    if (width == 4)
        four<<<blocks, 256>>>((const float4*)x.data_ptr<float>(), (float4*)y.data_ptr<float>(), n);
    else
        one<<<blocks, 256>>>(x.data_ptr<float>(), y.data_ptr<float>(), n);
    return y;
}
"""
extension = load_inline(name="gelu", cpp_sources="torch::Tensor gelu(torch::Tensor, int, int);", cuda_sources=source,
                        functions=["gelu"])


class ModelNew(nn.Module):
    def forward(self, x):
        width = 4 if x.numel() % 4 == 0 else 1
        return extension.gelu(x, width, math.ceil(x.numel() / width / 256))
