# task: kb1_026_gelu
import torch
import torch.nn as nn
from torch.utils import cpp_extension

source = """
#include <torch/extension.h>
#include <cuda_runtime.h>
#define _USE_MATH_DEFINES
#include <math.h>

__global__ void gelu_kernel(const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = x[i] * 0.5f * (1.0f + erff(x[i] * (float)M_SQRT1_2));
}

torch::Tensor forward(torch::Tensor x) {
    auto y = torch::empty(x.sizes(), x.options());
    int n = x.numel();
    dim3 blocks((n + 255) / 256);
    dim3 threads(256);
    gelu_kernel<<<blocks, threads>>>(x.data_ptr<float>(), y.data_ptr<float>(), n);
    return y;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward, "GELU forward (CUDA)");
}
"""

try:
    gelu_cuda = cpp_extension.load_inline(name="gelu_cuda", cpp_sources="", cuda_sources=source, functions=None, verbose=True, with_cuda=True)
    HAS_CUDA = True
except Exception as e:
    print(f"Warning: {e}")
    HAS_CUDA = False


class ModelNew(nn.Module):
    def forward(self, x):
        if HAS_CUDA and torch.cuda.is_available() and x.is_cuda:
            return gelu_cuda.forward(x)
        return torch.nn.functional.gelu(x)
