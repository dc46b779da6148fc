# task: kb1_051_argmax_over_a_dimension
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

code = """
#include <torch/extension.h>
#include <cuda_runtime.h>
#include <cfloat>

__global__ void index_of_max(const float* x, long* out, int n, int c, int h) {
    int col = blockIdx.x * blockDim.x + threadIdx.x;
    int row = blockIdx.y * blockDim.y + threadIdx.y;
    if (row < n && col < h) {
        const float* p = x + (size_t)row * c * h + col;
        float best = -FLT_MAX;
        long where = 0;
        for (int i = 0; i < c; ++i) {
            float v = p[(size_t)i * h];
            if (v > best) { best = v; where = i; }
        }
        out[(size_t)row * h + col] = where;
    }
}

torch::Tensor argmax_middle(torch::Tensor x) {
    TORCH_CHECK(x.dim() == 3, "three dimensions");
    const int n = x.size(0), c = x.size(1), h = x.size(2);
    auto out = torch::empty({n, h}, x.options().dtype(torch::kInt64));
    const dim3 block(16, 16);
    const dim3 grid((h + block.x - 1) / block.x, (n + block.y - 1) / block.y);
    index_of_max<<<grid, block>>>(x.data_ptr<float>(), out.data_ptr<long>(), n, c, h);
    C10_CUDA_KERNEL_LAUNCH_CHECK();
    return out;
}
"""
custom = load_inline(name="argmax_middle", cpp_sources="torch::Tensor argmax_middle(torch::Tensor x);", cuda_sources=code,
                     functions=["argmax_middle"])


class ModelNew(nn.Module):
    def __init__(self, dim: int):
        super(ModelNew, self).__init__()
        self.dim = dim

    def forward(self, x):
        if self.dim == 1 and x.is_cuda and x.dim() == 3:
            return custom.argmax_middle(x)
        return torch.argmax(x, dim=self.dim)


batch_size = 128
dim1 = 4096
dim2 = 4095


def get_inputs():
    return [torch.rand(batch_size, dim1, dim2)]


def get_init_inputs():
    return [1]
