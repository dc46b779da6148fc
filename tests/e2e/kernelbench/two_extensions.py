"""Two extensions with functions of the same name, several results, an autograd function, and views around."""
import torch
from torch import nn
from torch.utils.cpp_extension import load_inline

row_source = """
#include <torch/extension.h>
#include <tuple>

#define THREADS 128

__global__ void row_kernel(const float* x, float* most, float* sum, int cols) {
    if (threadIdx.x == 0) {
        const float* row = x + (size_t)blockIdx.x * cols;
        float m = row[0], s = 0;
        for (int i = 1; i < cols; i++) m = fmaxf(m, row[i]);
        for (int i = 0; i < cols; i++) s += expf(row[i] - m);
        most[blockIdx.x] = m;
        sum[blockIdx.x] = s;
    }
}

std::tuple<torch::Tensor, torch::Tensor> run(torch::Tensor x) {
    auto most = torch::empty({x.size(0)}, x.options()), sum = torch::empty_like(most);
    row_kernel<<<x.size(0), THREADS>>>(x.data_ptr<float>(), most.data_ptr<float>(), sum.data_ptr<float>(), x.size(1));
    return std::make_tuple(most, sum);
}
"""
scale_source = """
#include <torch/extension.h>

#define THREADS 256

__global__ void row_kernel(const float* x, const float* most, const float* sum, float* y, int total, int cols) {
    int i = blockIdx.x * THREADS + threadIdx.x;
    if (i < total) y[i] = expf(x[i] - most[i / cols]) / sum[i / cols];
}

void run(torch::Tensor x, torch::Tensor most, torch::Tensor sum, torch::Tensor y) {
    row_kernel<<<(x.numel() + THREADS - 1) / THREADS, THREADS>>>(
        x.data_ptr<float>(), most.data_ptr<float>(), sum.data_ptr<float>(), y.data_ptr<float>(), x.numel(), x.size(1));
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("scale", &run, "exponentials over their sum");
}
"""
rows = load_inline("rows", "std::tuple<torch::Tensor, torch::Tensor> run(torch::Tensor x);", row_source, functions=["run"])
scale = load_inline("scale", cpp_sources="", cuda_sources=scale_source)


class Softmax(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        most, total = rows.run(x)
        y = torch.empty_like(x)
        scale.scale(x, most, total, y)
        ctx.save_for_backward(y)
        return y


class ModelNew(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        shape = x.shape
        return Softmax.apply(x.contiguous().view(-1, shape[-1])).view(shape)
