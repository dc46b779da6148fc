import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.cpp_extension import load_inline

src = """
#include <torch/extension.h>
#include <cuda_runtime.h>
#include <float.h>
__global__ void scale_softmax(const float* __restrict__ x, const float* __restrict__ scale, float* __restrict__ y, int N) {
    const float s = scale[0];
    const float* row = x + (size_t)blockIdx.x * N;
    __shared__ float red[32];
    __shared__ float bcast;
    float m = -FLT_MAX;
    for (int i = threadIdx.x; i < N; i += blockDim.x) m = fmaxf(m, row[i] * s);
    for (int o = 16; o; o >>= 1) m = fmaxf(m, __shfl_xor_sync(~0u, m, o));
    if (threadIdx.x % 32 == 0) red[threadIdx.x / 32] = m;
    __syncthreads();
    if (threadIdx.x == 0) { for (int i = 1; i < (blockDim.x + 31) / 32; ++i) m = fmaxf(m, red[i]); bcast = m; }
    __syncthreads();
    m = bcast;
    float t = 0.f;
    for (int i = threadIdx.x; i < N; i += blockDim.x) t += expf(row[i] * s - m);
    for (int o = 16; o; o >>= 1) t += __shfl_xor_sync(~0u, t, o);
    __syncthreads();
    if (threadIdx.x % 32 == 0) red[threadIdx.x / 32] = t;
    __syncthreads();
    if (threadIdx.x == 0) { for (int i = 1; i < (blockDim.x + 31) / 32; ++i) t += red[i]; bcast = t; }
    __syncthreads();
    t = bcast;
    for (int i = threadIdx.x; i < N; i += blockDim.x) y[(size_t)blockIdx.x * N + i] = expf(row[i] * s - m) / t;
}
torch::Tensor scale_softmax_cuda(torch::Tensor x, torch::Tensor scale) {
    auto y = torch::empty_like(x);
    scale_softmax<<<x.size(0), 256>>>(x.data_ptr<float>(), scale.data_ptr<float>(), y.data_ptr<float>(), x.size(1));
    return y;
}
"""
ss = load_inline(name="ss", cpp_sources="torch::Tensor scale_softmax_cuda(torch::Tensor x, torch::Tensor scale);", cuda_sources=src, functions=["scale_softmax_cuda"])

class ModelNew(nn.Module):
    def __init__(self, in_features, out_features, bn_eps=1e-5, bn_momentum=0.1, scale_shape=(1,)):
        super(ModelNew, self).__init__()
        self.gemm = nn.Linear(in_features, out_features)
        self.bn = nn.BatchNorm1d(out_features, eps=bn_eps, momentum=bn_momentum)
        self.scale = nn.Parameter(torch.ones(scale_shape))
        self.softmax = nn.Softmax(dim=1)

    def forward(self, x):
        x = self.gemm(x)
        x = F.batch_norm(x, self.bn.running_mean, self.bn.running_var, self.bn.weight, self.bn.bias, training=self.bn.training, momentum=self.bn.momentum, eps=self.bn.eps)
        return ss.scale_softmax_cuda(x, self.scale)

batch_size = 1024
in_features = 8192
out_features = 8192
bn_eps = 1e-5
bn_momentum = 0.1
scale_shape = (1,)

def get_inputs():
    return [torch.rand(batch_size, in_features)]

def get_init_inputs():
    return [in_features, out_features, bn_eps, bn_momentum, scale_shape]
