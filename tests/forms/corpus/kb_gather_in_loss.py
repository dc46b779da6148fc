# task: kb1_095_crossentropyloss
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

source = """
#include <torch/extension.h>
#include <cuda_runtime.h>
__global__ void log_sums(const float* x, float* y, int rows, int cols) {
    int r = blockIdx.x * blockDim.x + threadIdx.x;
    if (r >= rows) return;
    float m = x[(size_t)r * cols], s = 0.f;
    for (int c = 1; c < cols; ++c) m = fmaxf(m, x[(size_t)r * cols + c]);
    for (int c = 0; c < cols; ++c) s += expf(x[(size_t)r * cols + c] - m);
    y[r] = m + logf(s);
}
torch::Tensor log_sums_cuda(torch::Tensor x) {
    auto y = torch::empty({x.size(0)}, x.options());
    log_sums<<<(x.size(0) + 127) / 128, 128>>>(x.data_ptr<float>(), y.data_ptr<float>(), x.size(0), x.size(1));
    return y;
}
"""
ext = load_inline(name="log_sums", cpp_sources="torch::Tensor log_sums_cuda(torch::Tensor x);", cuda_sources=source, functions=["log_sums_cuda"])


class ModelNew(nn.Module):
    def __init__(self):
        super().__init__()

    def forward(self, predictions, targets):
        picked = predictions.gather(1, targets.unsqueeze(1)).squeeze(1)
        return (ext.log_sums_cuda(predictions) - picked).mean()
