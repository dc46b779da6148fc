# task: kb1_048_mean_reduction_over_a_dimension
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline


class ModelNew(nn.Module):
    def __init__(self, dim: int):
        super().__init__()
        self.dim = dim
        self.mean = load_inline(
            name="mean_any_dim",
            cpp_sources="""
                torch::Tensor mean_cuda(torch::Tensor x, int64_t dim);
            """,
            cuda_sources="""
                #include <torch/extension.h>
                #include <cuda_runtime.h>

                template <typename scalar_t>
                __global__ void mean_kernel(const scalar_t* x, scalar_t* y, int64_t outer, int64_t length, int64_t inner) {
                    int64_t i = blockIdx.x * blockDim.x + threadIdx.x;
                    if (i >= outer * inner) return;
                    const scalar_t* p = x + i / inner * length * inner + i % inner;
                    scalar_t sum = 0;
                    for (int64_t j = 0; j < length; ++j) sum += p[j * inner];
                    y[i] = sum / length;
                }

                torch::Tensor mean_cuda(torch::Tensor x, int64_t dim) {
                    if (dim < 0) dim += x.dim();
                    auto sizes = x.sizes().vec();
                    int64_t outer = 1, inner = 1;
                    for (int64_t i = 0; i < dim; ++i) outer *= sizes[i];
                    for (size_t i = dim + 1; i < sizes.size(); ++i) inner *= sizes[i];
                    const int64_t length = sizes[dim];
                    sizes.erase(sizes.begin() + dim);
                    auto y = torch::empty(sizes, x.options());
                    const int threads = 256;
                    const int64_t blocks = (outer * inner + threads - 1) / threads;
                    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "mean_cuda", [&] {
                        mean_kernel<scalar_t><<<blocks, threads>>>(x.data_ptr<scalar_t>(), y.data_ptr<scalar_t>(), outer, length, inner);
                    });
                    return y;
                }
            """,
            functions=["mean_cuda"],
        )

    def forward(self, x):
        return self.mean.mean_cuda(x, self.dim)


def get_inputs():
    return [torch.rand(128, 4096, 4095)]


def get_init_inputs():
    return [1]
