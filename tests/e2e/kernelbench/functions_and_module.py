"""The module's own name of a function, which `functions` repeats; devices by their number; results of no dimensions."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.cpp_extension import load_inline

source = """
__global__ void relu_kernel(const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = fmaxf(x[i], 0.0f);
}

void relu_cuda(torch::Tensor x, torch::Tensor y) {
    const int n = x.numel();
    relu_kernel<<<(n + 255) / 256, 256>>>(x.data_ptr<float>(), y.data_ptr<float>(), n);
}
"""
module = """
#include <torch/extension.h>
void relu_cuda(torch::Tensor x, torch::Tensor y);
void relu_into(torch::Tensor x, torch::Tensor y) { relu_cuda(x, y); }
PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def("forward", &relu_into, "into y"); }
"""
extension = load_inline(name="e", cpp_sources=module, cuda_sources=source, functions=["forward"])


class ModelNew(nn.Module):
    def __init__(self):
        super().__init__()
        self.zero = torch.zeros([], device=torch.cuda.current_device())

    def forward(self, x):
        y = torch.empty(x.shape, device=torch.cuda.current_device(), memory_format=torch.contiguous_format)
        extension.forward(x.to(torch.cuda.current_device()), y)
        self.zero.copy_(torch.mean(y) * 0)
        return F.hardtanh_(y, 0.0, float("inf")) + torch.zeros([], device=x.device)
