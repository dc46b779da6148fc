import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

source = """
__global__ void relu_kernel(const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = fmaxf(x[i], 0.0f);
}

torch::Tensor relu(torch::Tensor x, int threads = 128) {
    auto y = torch::empty_like(x);
    const int n = x.numel();
    relu_kernel<<<(n + threads - 1) / threads, threads>>>(x.data_ptr<float>(), y.data_ptr<float>(), n);
    return y;
}
"""
declaration = "#include <torch/extension.h>\n// of the kernel's file\ntorch::Tensor relu(torch::Tensor x, int threads = 128);"
extension = load_inline("e", declaration, source, ["relu"])


class ModelNew(nn.Module):
    def forward(self, x):
        return extension.relu(x)
