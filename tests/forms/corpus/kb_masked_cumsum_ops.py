# task: kb1_093_masked_cumsum
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

code = """
#include <torch/extension.h>
#include <cuda_runtime.h>

__global__ void masked_scan(const float* x, const bool* mask, float* y, int rows, int cols) {
    int r = blockIdx.x * blockDim.x + threadIdx.x;
    if (r >= rows) return;
    float sum = 0.0f;
    for (int c = 0; c < cols; ++c) {
        int64_t i = (int64_t)r * cols + c;
        if (mask[i]) sum += x[i];
        y[i] = sum;
    }
}

torch::Tensor masked_scan_cuda(torch::Tensor x, torch::Tensor mask) {
    TORCH_CHECK(mask.scalar_type() == torch::kBool, "mask must be bool");
    auto y = torch::empty_like(x);
    masked_scan<<<(x.size(0) + 63) / 64, 64>>>(x.data_ptr<float>(), mask.data_ptr<bool>(), y.data_ptr<float>(), x.size(0), x.size(1));
    return y;
}
"""
scan = load_inline(name="masked_scan", cpp_sources="torch::Tensor masked_scan_cuda(torch::Tensor x, torch::Tensor mask);",
                   cuda_sources=code, functions=["masked_scan_cuda"])


class ModelNew(nn.Module):
    def __init__(self, dim):
        super(ModelNew, self).__init__()
        self.dim = dim

    def forward(self, x, mask):
        if self.dim in (1, -1):
            return scan.masked_scan_cuda(x, mask)
        return torch.cumsum(x * mask, dim=self.dim)


def get_init_inputs():
    return [1]
