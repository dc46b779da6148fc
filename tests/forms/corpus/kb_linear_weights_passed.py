# task: kb2_056_matmul_sigmoid_sum
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

cuda_sources = r"""
#include <torch/extension.h>
#include <cuda_runtime.h>

__global__ void linear_sigmoid_sum(const float* x, const float* w, const float* b, float* out, int in_features, int out_features) {
    extern __shared__ float part[];
    const float* row = x + (size_t)blockIdx.x * in_features;
    float sum = 0.0f;
    for (int o = threadIdx.x; o < out_features; o += blockDim.x) {
        float acc = b[o];
        for (int i = 0; i < in_features; ++i) acc = fmaf(row[i], w[(size_t)o * in_features + i], acc);
        sum += 1.0f / (1.0f + expf(-acc));
    }
    part[threadIdx.x] = sum;
    __syncthreads();
    for (int s = blockDim.x >> 1; s; s >>= 1) {
        if (threadIdx.x < s) part[threadIdx.x] += part[threadIdx.x + s];
        __syncthreads();
    }
    if (threadIdx.x == 0) out[blockIdx.x] = part[0];
}

torch::Tensor linear_sigmoid_sum_cuda(
    torch::Tensor x,
    torch::Tensor w,
    torch::Tensor bias
) {
    int batch = (int)x.size(0);
    auto out = torch::zeros({batch, 1}, x.options());
    const int threads = 256;
    size_t shared = threads * sizeof(float);
    linear_sigmoid_sum<<<batch, threads, shared>>>(x.data_ptr<float>(), w.data_ptr<float>(), bias.data_ptr<float>(),
        out.data_ptr<float>(), (int)x.size(1), (int)w.size(0));
    return out;
}
"""

cpp_sources = r"""
torch::Tensor linear_sigmoid_sum_cuda(
    torch::Tensor x,
    torch::Tensor w,
    torch::Tensor bias
);
"""

fused_ops = load_inline(name="linear_sigmoid_sum_fp32", cpp_sources=cpp_sources, cuda_sources=cuda_sources,
                        functions=["linear_sigmoid_sum_cuda"], verbose=False, extra_cflags=["-O3"],
                        extra_cuda_cflags=["-O3", "--use_fast_math"])


class ModelNew(nn.Module):
    def __init__(self, input_size, hidden_size):
        super(ModelNew, self).__init__()
        self.linear = nn.Linear(input_size, hidden_size)
        self.fused_ops = fused_ops

    def forward(self, x):
        return self.fused_ops.linear_sigmoid_sum_cuda(
            x.contiguous(),
            self.linear.weight.contiguous(),
            self.linear.bias.contiguous(),
        )


batch_size = 128
input_size = 32768
hidden_size = 32768


def get_inputs():
    return [torch.rand(batch_size, input_size)]


def get_init_inputs():
    return [input_size, hidden_size]
