# task: kb1_021_sigmoid
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

src = """
#include <torch/extension.h>
#include <cuda_runtime.h>
#include <math.h>

__global__ void logistic_kernel(const float* x, float* y, int size) {
    const int i = threadIdx.x + blockDim.x * blockIdx.x;
    if (i < size) y[i] = 1.0f / (1.0f + expf(-x[i]));
}

torch::Tensor logistic(torch::Tensor x) {
    auto y = torch::empty_like(x);
    int size = x.numel();
    const int threads = 512;
    logistic_kernel<<<(size + threads - 1) / threads, threads>>>(x.data_ptr<float>(), y.data_ptr<float>(), size);
    return y;
}
"""

ext = load_inline(name='logistic_ext', cpp_sources='torch::Tensor logistic(torch::Tensor x);', cuda_sources=src,
                  functions=['logistic'], verbose=False)


class ModelNew(nn.Module):
    def __init__(self):
        super(ModelNew, self).__init__()
        self.logistic = ext

    def forward(self, x):
        return self.logistic.logistic(x.cuda())


batch_size = 16
dim = 16384


def get_inputs():
    x = torch.randn(batch_size, dim)
    return [x]


def get_init_inputs():
    return []
