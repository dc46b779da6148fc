import torch
from torch.utils.cpp_extension import load_inline

source = """
#include <torch/extension.h>
__global__ void add(const float* a, const float* b, float* c) {
    c[threadIdx.x] = a[threadIdx.x] + d[threadIdx.x];
}
torch::Tensor forward(torch::Tensor a, torch::Tensor b) { return a; }
"""
extension = load_inline("add", "", source, functions=["forward"])


class ModelNew(torch.nn.Module):
    def forward(self, a, b):
        return extension.forward(a, b)
