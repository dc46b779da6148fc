# task: kb1_095_crossentropyloss
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

source = """
#include <torch/extension.h>
#include <cuda_runtime.h>

__global__ void nll_kernel(const float* logits, const long* labels, float* losses, int rows, int classes) {
    int r = blockIdx.x * blockDim.x + threadIdx.x;
    if (r < rows) {
        const float* p = logits + (size_t)r * classes;
        float top = -INFINITY;
        for (int c = 0; c < classes; c++) top = max(top, p[c]);
        float sum = 0.0f;
        for (int c = 0; c < classes; c++) sum += expf(p[c] - top);
        int label = labels[r];
        losses[r] = logf(sum) - (p[label] - top);
    }
}

torch::Tensor nll_cuda(torch::Tensor logits, torch::Tensor labels) {
    auto rows = logits.size(0);
    auto classes = logits.size(1);
    auto losses = torch::empty({rows}, logits.options());
    nll_kernel<<<(rows + 255) / 256, 256>>>(logits.data_ptr<float>(), labels.data_ptr<long>(), losses.data_ptr<float>(), rows,
                                            classes);
    return losses.mean();
}
"""
nll = load_inline(name='nll', cpp_sources="""
torch::Tensor nll_cuda(torch::Tensor logits, torch::Tensor labels);
""", cuda_sources=source, functions=['nll_cuda'], verbose=True)


class ModelNew(nn.Module):
    def __init__(self):
        super(ModelNew, self).__init__()
        self.nll = nll

    def forward(self, predictions, targets):
        return self.nll.nll_cuda(predictions, targets)
