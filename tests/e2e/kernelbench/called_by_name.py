"""Arguments by name, a lambda in the module, streams, and a grid that is rounded up by a division that rounds down."""
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

source = """
#include <torch/extension.h>

__global__ void add_kernel(const float* a, const float* b, float* c, int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) c[i] = a[i] + b[i];
}

void add_into(torch::Tensor left, torch::Tensor right, torch::Tensor out, int blocks) {
    add_kernel<<<blocks, 128>>>(left.data_ptr<float>(), right.data_ptr<float>(), out.data_ptr<float>(), out.numel());
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("add", [](torch::Tensor a, torch::Tensor b, int64_t blocks) {
        auto c = torch::empty_like(a);
        add_into(a, b, c, blocks);
        return c;
    });
    m.def("add_into", &add_into);
}
"""

extension = load_inline(name="add", cpp_sources="", cuda_sources=source)


class ModelNew(nn.Module):
    def forward(self, A, B):
        blocks = -(-B.shape[0] // 128)
        with torch.cuda.stream(torch.cuda.current_stream()), torch.autocast("cuda", enabled=False):
            zeros = torch.zeros(A.size(0), device=A.device)
            first = torch.empty_like(A)
            extension.add_into(out=first, blocks=blocks, left=A, right=zeros)
            return extension.add(first, B, blocks)
