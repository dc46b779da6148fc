# task: kb1_048_mean_reduction_over_a_dimension
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline


class ModelNew(nn.Module):
    def __init__(self, dim: int):
        super().__init__()
        self.dim = dim
        self.op = load_inline(
            name="axis_mean",
            cpp_sources=f"""
                torch::Tensor axis_mean(torch::Tensor x, int64_t dim);
            """,
            cuda_sources=f"""
                #include <torch/extension.h>
                #include <cuda_runtime.h>
                template <typename scalar_t>
                __global__ void axis_mean_kernel(const scalar_t* in, scalar_t* out, int64_t outer, int64_t len, int64_t inner) {{
                    int64_t i = blockIdx.x * (int64_t)blockDim.x + threadIdx.x;
                    if (i >= outer * inner) return;
                    const scalar_t* p = in + (i / inner) * len * inner + i % inner;
                    scalar_t acc = 0;
                    for (int64_t k = 0; k < len; ++k) acc += p[k * inner];
                    out[i] = acc / static_cast<scalar_t>(len);
                }}
                torch::Tensor axis_mean(torch::Tensor x, int64_t dim) {{
                    dim = at::maybe_wrap_dim(dim, x.dim());
                    auto shape = x.sizes().vec();
                    int64_t outer = 1, inner = 1, len = shape[dim];
                    for (int64_t d = 0; d < dim; ++d) outer *= shape[d];
                    for (size_t d = dim + 1; d < shape.size(); ++d) inner *= shape[d];
                    shape.erase(shape.begin() + dim);
                    auto out = torch::empty(shape, x.options());
                    const int threads = 256;
                    const int blocks = (outer * inner + threads - 1) / threads;
                    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "axis_mean", ([&] {{
                        axis_mean_kernel<scalar_t><<<blocks, threads>>>(x.data_ptr<scalar_t>(), out.data_ptr<scalar_t>(), outer, len, inner);
                    }}));
                    return out;
                }}
            """,
            functions=["axis_mean"],
            verbose=True,
        )

    def forward(self, x):
        return self.op.axis_mean(x.contiguous(), self.dim)
