import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

source = """
__global__ void min_kernel(const float* __restrict__ x, float* __restrict__ y, int64_t outer, int64_t extent, int64_t inner) {
    const int64_t i = blockIdx.x * int64_t(blockDim.x) + threadIdx.x;
    if (i >= outer * inner) return;
    const float* first = x + i / inner * extent * inner + i % inner;
    float least = first[0];
    for (int64_t k = 1; k < extent; ++k) least = fminf(least, first[k * inner]);
    y[i] = least;
}

torch::Tensor min_over(torch::Tensor x, int64_t dim) {
    if (dim < 0) dim += x.dim();
    int64_t outer = 1, inner = 1;
    std::vector<int64_t> shape;
    for (int64_t d = 0; d < x.dim(); ++d) {
        if (d < dim) outer *= x.size(d);
        if (d > dim) inner *= x.size(d);
        if (d != dim) shape.push_back(x.size(d));
    }
    auto y = torch::empty(shape, x.options());
    min_kernel<<<(outer * inner + 255) / 256, 256>>>(x.data_ptr<float>(), y.data_ptr<float>(), outer, x.size(dim), inner);
    return y;
}
"""
extension = load_inline(name="min_over", cpp_sources="torch::Tensor min_over(torch::Tensor x, int64_t dim);",
                        cuda_sources=source, functions=["min_over"])


class ModelNew(nn.Module):
    def __init__(self, dim: int):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        return extension.min_over(x.contiguous(), self.dim)


batch_size = 128
dim1 = 4096
dim2 = 4095
reduce_dim = 1


def get_inputs():
    return [torch.rand(batch_size, dim1, dim2)]


def get_init_inputs():
    return [reduce_dim]
