# task: kb1_031_elu
import torch
import torch.nn as nn
from torch.autograd import Function
from torch.utils.cpp_extension import load_inline

source = '''
#include <torch/extension.h>
__global__ void elu_kernel(const float* x, float* y, float alpha, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = x[i] > 0 ? x[i] : alpha * (expf(x[i]) - 1);
}
torch::Tensor elu_forward(torch::Tensor x, float alpha) {
    auto y = torch::empty_like(x);
    int n = x.numel();
    elu_kernel<<<(n + 1023) / 1024, 1024>>>(x.data_ptr<float>(), y.data_ptr<float>(), alpha, n);
    return y;
}
'''
_ext = load_inline('elu_ext', ['torch::Tensor elu_forward(torch::Tensor x, float alpha);'], [source], functions=['elu_forward'])


class EluFunction(Function):
    @staticmethod
    def forward(ctx, x, alpha):
        ctx.save_for_backward(x)
        ctx.alpha = alpha
        return _ext.elu_forward(x, alpha)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * torch.where(x > 0, torch.ones_like(x), ctx.alpha * torch.exp(x)), None


class ModelNew(nn.Module):
    def __init__(self, alpha: float = 1.0):
        super().__init__()
        self.alpha = alpha

    def forward(self, x):
        return EluFunction.apply(x, self.alpha)
