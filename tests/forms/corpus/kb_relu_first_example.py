# task: kb1_019_relu
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

rectify_source = """
#include <torch/extension.h>
#include <cuda_runtime.h>

__global__ void rectify_kernel(const float* in, float* out, int count) {
    int at = blockIdx.x * blockDim.x + threadIdx.x;
    if (at < count) {
        out[at] = in[at] > 0.0f ? in[at] : 0.0f;
    }
}

torch::Tensor rectify_cuda(torch::Tensor in) {
    auto count = in.numel();
    auto out = torch::zeros_like(in);
    const int block = 256;
    const int grid = (count + block - 1) / block;
    rectify_kernel<<<grid, block>>>(in.data_ptr<float>(), out.data_ptr<float>(), count);
    return out;
}
"""

rectify_cpp = "torch::Tensor rectify_cuda(torch::Tensor in);"

rectify = load_inline(
    name="rectify",
    cpp_sources=rectify_cpp,
    cuda_sources=rectify_source,
    functions=["rectify_cuda"],
    verbose=True,
    extra_cflags=[""],
    extra_ldflags=[""],
)


class ModelNew(nn.Module):
    def __init__(self):
        super().__init__()
        self.rectify = rectify

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.rectify.rectify_cuda(x)


def get_inputs():
    return [torch.randn(16, 16384)]


def get_init_inputs():
    return []
