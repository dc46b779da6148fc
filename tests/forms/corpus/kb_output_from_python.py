# task: kb1_047_sum_reduction_over_a_dimension
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

cuda_source = r"""
#include <torch/extension.h>
#include <cuda_runtime.h>
constexpr int TILE = 128;
constexpr int EACH = 4;

__global__ __launch_bounds__(TILE) void sum_middle(const float* __restrict__ in, float* __restrict__ out, int d1, int d2) {
    int b = blockIdx.x;
    int j0 = (blockIdx.y * TILE + threadIdx.x) * EACH;
    float local[EACH] = {0.f};
    const float* p = in + (size_t)b * d1 * d2;
    for (int i = 0; i < d1; ++i) {
#pragma unroll
        for (int v = 0; v < EACH; ++v)
            if (j0 + v < d2) local[v] += p[(size_t)i * d2 + j0 + v];
    }
#pragma unroll
    for (int v = 0; v < EACH; ++v)
        if (j0 + v < d2) out[(size_t)b * d2 + j0 + v] = local[v];
}

void sum_dim1(torch::Tensor input, torch::Tensor output) {
    const int B = input.size(0), D1 = input.size(1), D2 = input.size(2);
    dim3 blocks(B, (D2 + TILE * EACH - 1) / (TILE * EACH));
    sum_middle<<<blocks, TILE>>>(input.data_ptr<float>(), output.data_ptr<float>(), D1, D2);
}
"""

cpp_source = r"""
#include <torch/extension.h>

void sum_dim1(torch::Tensor input, torch::Tensor output);

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("sum_dim1", &sum_dim1, "sum over the middle dimension");
}
"""

sum_ext = load_inline(name='sum_dim1_ext', cpp_sources=cpp_source, cuda_sources=cuda_source,
                      extra_cuda_cflags=['-O3', '--use_fast_math'], with_cuda=True, verbose=False)


def functional_model(x, *, dim):
    assert dim == 1, "the kernel sums over the middle dimension"
    out = torch.empty((x.shape[0], x.shape[2]), device=x.device, dtype=x.dtype)
    sum_ext.sum_dim1(x.contiguous(), out)
    return out.unsqueeze(1)


class ModelNew(nn.Module):
    def __init__(self, dim: int):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        return functional_model(x, dim=self.dim)


def get_inputs():
    return [torch.rand(128, 4096, 4095)]


def get_init_inputs():
    return [1]
