# task: kb1_092_cumsum_exclusive
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

source = r"""
#include <torch/extension.h>
#include <cuda_runtime.h>

__global__ void exclusive(const float* in, float* out, int cols) {
    if (threadIdx.x == 0) {
        float sum = 0.f;
        for (int c = 0; c < cols; ++c) {
            float v = in[(size_t)blockIdx.x * cols + c];
            out[(size_t)blockIdx.x * cols + c] = sum;
            sum += v;
        }
    }
}
std::vector<torch::Tensor> exclusive_scan(torch::Tensor x) {
    auto out = torch::empty_like(x);
    exclusive<<<x.size(0), 32>>>(x.data_ptr<float>(), out.data_ptr<float>(), x.size(1));
    return {out};
}
"""
m = load_inline(name="exclusive", cpp_sources="std::vector<torch::Tensor> exclusive_scan(torch::Tensor x);", cuda_sources=source,
                functions=["exclusive_scan"])


class ModelNew(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        return m.exclusive_scan(x)[0]
