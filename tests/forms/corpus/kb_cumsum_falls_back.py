# task: kb1_089_cumsum
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

scan_source = """
#include <torch/extension.h>
#include <cuda_runtime.h>
#include <c10/cuda/CUDAException.h>

__global__ void scan_rows(const float* in, float* out, int cols) {
    extern __shared__ float totals[];
    const float* row = in + (size_t)blockIdx.x * cols;
    float* to = out + (size_t)blockIdx.x * cols;
    const int each = (cols + blockDim.x - 1) / blockDim.x;
    const int begin = min(threadIdx.x * each, cols), end = min(begin + each, cols);
    float sum = 0.0f;
    for (int i = begin; i < end; ++i) { sum += row[i]; to[i] = sum; }
    totals[threadIdx.x] = sum;
    __syncthreads();
    if (threadIdx.x == 0) {
        float before = 0.0f;
        for (int t = 0; t < blockDim.x; ++t) { float v = totals[t]; totals[t] = before; before += v; }
    }
    __syncthreads();
    for (int i = begin; i < end; ++i) to[i] += totals[threadIdx.x];
}

torch::Tensor scan_cuda(torch::Tensor x, int64_t dim) {
    TORCH_CHECK(x.dim() == 2, "only matrices are scanned, not tensors of ", x.dim(), " dimensions");
    TORCH_CHECK(dim == 1, "only dim=1, not ", dim);
    auto input = x.contiguous();
    int rows = input.size(0), cols = input.size(1);
    auto out = torch::empty_like(input);
    const int block = 256;
    scan_rows<<<rows, block, block * sizeof(float)>>>(input.data_ptr<float>(), out.data_ptr<float>(), cols);
    C10_CUDA_KERNEL_LAUNCH_CHECK();
    return out;
}
"""
scan = load_inline(name="scan_rows", cpp_sources="torch::Tensor scan_cuda(torch::Tensor x, int64_t dim);",
                   cuda_sources=scan_source, functions=["scan_cuda"], verbose=True)


class ModelNew(nn.Module):
    def __init__(self, dim):
        super(ModelNew, self).__init__()
        self.dim = dim
        self.scan = scan

    def forward(self, x):
        if self.dim == 1 and x.dim() == 2 and x.is_cuda and x.dtype == torch.float32:
            return self.scan.scan_cuda(x, self.dim)
        else:
            return torch.cumsum(x, dim=self.dim)


batch_size = 32768
input_shape = (32768,)
dim = 1


def get_inputs():
    return [torch.rand(batch_size, *input_shape)]


def get_init_inputs():
    return [dim]
