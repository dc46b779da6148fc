import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

source = """
extern "C" __global__ void relu_kernel(const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = fmaxf(x[i], 0.0f);
}
"""
extension = load_inline(name="e", cpp_sources="", cuda_sources=source, functions=["relu_kernel"])


class ModelNew(nn.Module):
    def forward(self, x):
        y = torch.empty_like(x)
        extension.relu_kernel((1,), (256,), (x, y, x.numel()))
        return y
