# task: kb1_025_swish
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

swish_source = """
#include <torch/extension.h>
#include <cuda_runtime.h>

__device__ __forceinline__ float swish1(float v) { return v / (1.0f + __expf(-v)); }

__global__ void swish4(const float4* __restrict__ x, float4* __restrict__ y, int n4, const float* tail_in, float* tail_out, int tail) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n4) {
        float4 v = x[i];
        v.x = swish1(v.x); v.y = swish1(v.y); v.z = swish1(v.z); v.w = swish1(v.w);
        y[i] = v;
    }
    if (i < tail) tail_out[i] = swish1(tail_in[i]);
}

torch::Tensor swish_cuda(torch::Tensor x) {
    auto y = torch::empty_like(x);
    const int n = x.numel(), n4 = n / 4;
    const int threads = 256, blocks = std::max(1, (n4 + threads - 1) / threads);
    const float* in = x.data_ptr<float>();
    float* out = y.data_ptr<float>();
    swish4<<<blocks, threads>>>(reinterpret_cast<const float4*>(in), reinterpret_cast<float4*>(out), n4, in + 4 * n4, out + 4 * n4, n - 4 * n4);
    return y;
}
"""

swish_extension = load_inline(name="swish_extension", cpp_sources="""
torch::Tensor swish_cuda(torch::Tensor x);
""", cuda_sources=swish_source, functions=["swish_cuda"], verbose=False)


class ModelNew(nn.Module):
    def __init__(self):
        super(ModelNew, self).__init__()
        self.swish_cuda = swish_extension.swish_cuda

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not x.is_cuda:
            return x * torch.sigmoid(x)
        if not x.is_contiguous():
            x = x.contiguous()
        return self.swish_cuda(x)
