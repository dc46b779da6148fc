import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.cpp_extension import load_inline

source = """
#include <torch/extension.h>
#include <cuda_runtime.h>
#include <cuda/std/limits>

template <unsigned int blockSize>
__global__ void row_norm_add_mul(const float* __restrict__ x, const float* __restrict__ y, float* __restrict__ out, int n, float eps) {
    __shared__ float s_sum[blockSize];
    __shared__ float s_sq[blockSize];
    const unsigned int tid = threadIdx.x;
    const float* row = x + (size_t)blockIdx.x * n;
    float a = 0.f, b = 0.f;
    for (unsigned int i = tid; i < n; i += blockSize) { const float v = row[i]; a += v; b = fmaf(v, v, b); }
    s_sum[tid] = a; s_sq[tid] = b;
    __syncthreads();
    if (blockSize >= 512) { if (tid < 256) { s_sum[tid] += s_sum[tid + 256]; s_sq[tid] += s_sq[tid + 256]; } __syncthreads(); }
    if (blockSize >= 256) { if (tid < 128) { s_sum[tid] += s_sum[tid + 128]; s_sq[tid] += s_sq[tid + 128]; } __syncthreads(); }
    if (blockSize >= 128) { if (tid < 64) { s_sum[tid] += s_sum[tid + 64]; s_sq[tid] += s_sq[tid + 64]; } __syncthreads(); }
    if (tid < 32) {
        float u = s_sum[tid] + s_sum[tid + 32], v = s_sq[tid] + s_sq[tid + 32];
        for (int o = 16; o > 0; o /= 2) { u += __shfl_down_sync(0xffffffff, u, o); v += __shfl_down_sync(0xffffffff, v, o); }
        if (tid == 0) { s_sum[0] = u / n; s_sq[0] = rsqrtf(v / n - (u / n) * (u / n) + eps); }
    }
    __syncthreads();
    for (unsigned int i = tid; i < n; i += blockSize) {
        const float yy = y[(size_t)blockIdx.x * n + i];
        out[(size_t)blockIdx.x * n + i] = ((row[i] - s_sum[0]) * s_sq[0] + yy) * yy;
    }
}
torch::Tensor norm_add_mul(torch::Tensor x, torch::Tensor y, double eps) {
    auto out = torch::empty_like(x);
    row_norm_add_mul<256><<<x.size(0), 256>>>(x.data_ptr<float>(), y.data_ptr<float>(), out.data_ptr<float>(), x.size(1), eps);
    return out;
}
"""
ext = load_inline(name="norm_add_mul", cpp_sources="torch::Tensor norm_add_mul(torch::Tensor x, torch::Tensor y, double eps);", cuda_sources=source, functions=["norm_add_mul"])

class ModelNew(nn.Module):
    def __init__(self, in_features, out_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.bmm = nn.Linear(in_features, out_features)
        self.instance_norm = nn.InstanceNorm2d(out_features, eps=eps, momentum=momentum)

    def forward(self, x, y):
        x = self.bmm(x)
        return ext.norm_add_mul(x, y, self.instance_norm.eps)

batch_size = 1024
in_features = 8192
out_features = 8192

def get_inputs():
    return [torch.rand(batch_size, in_features), torch.rand(batch_size, out_features)]

def get_init_inputs():
    return [in_features, out_features]
