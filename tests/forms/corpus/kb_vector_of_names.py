# task: kb1_039_l2norm
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

SOURCE = r"""
#include <torch/extension.h>
#include <cuda_runtime.h>
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
namespace cg = cooperative_groups;

__global__ void normalize_rows(const float* x, float* y, int cols) {
    __shared__ float total;
    cg::thread_block block = cg::this_thread_block();
    cg::thread_block_tile<32> warp = cg::tiled_partition<32>(block);
    const float* p = x + (size_t)blockIdx.x * cols;
    if (block.thread_rank() == 0) total = 0.f;
    block.sync();
    float s = 0.f;
    for (int c = threadIdx.x; c < cols; c += blockDim.x) s += p[c] * p[c];
    s = cg::reduce(warp, s, cg::plus<float>());
    if (warp.thread_rank() == 0) atomicAdd(&total, s);
    block.sync();
    const float r = rsqrtf(total);
    for (int c = threadIdx.x; c < cols; c += blockDim.x) y[(size_t)blockIdx.x * cols + c] = p[c] * r;
}
torch::Tensor normalize(const torch::Tensor& x) {
    auto y = torch::empty_like(x);
    normalize_rows<<<x.size(0), 256>>>(x.data_ptr<float>(), y.data_ptr<float>(), x.size(1));
    return y;
}
"""
names = ["normalize"]
lib = load_inline(name=f"l2_{len(names)}", cpp_sources="torch::Tensor normalize(const torch::Tensor& x);", cuda_sources=SOURCE, functions=names)


class ModelNew(nn.Module):
    def __init__(self):
        super().__init__()
        self.fn = getattr(lib, names[0])

    def forward(self, x):
        return self.fn(x)
