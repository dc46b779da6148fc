# task: kb2_022_matmul_scale_residualadd_clamp_logsumexp_mish
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline
from dataclasses import dataclass

@dataclass
class Config:
    threads: int = 256
    fast_math: bool = False

CFG = Config()

source = """
#include <torch/extension.h>
#include <cuda_runtime.h>
#define THREADS %d
__device__ float softplus(float x) { return x > 20.f ? x : log1pf(expf(x)); }
__global__ void tail(const float* __restrict__ x, float* __restrict__ y, int n, float scale, float lo, float hi) {
    __shared__ float buf[THREADS];
    const float* r = x + (size_t)blockIdx.x * n;
    float m = -INFINITY;
    for (int i = threadIdx.x; i < n; i += THREADS) m = fmaxf(m, fminf(fmaxf(2.f * scale * r[i], lo), hi));
    buf[threadIdx.x] = m; __syncthreads();
    for (int o = THREADS / 2; o; o >>= 1) { if (threadIdx.x < o) buf[threadIdx.x] = fmaxf(buf[threadIdx.x], buf[threadIdx.x + o]); __syncthreads(); }
    m = buf[0]; __syncthreads();
    float s = 0.f;
    for (int i = threadIdx.x; i < n; i += THREADS) s += expf(fminf(fmaxf(2.f * scale * r[i], lo), hi) - m);
    buf[threadIdx.x] = s; __syncthreads();
    for (int o = THREADS / 2; o; o >>= 1) { if (threadIdx.x < o) buf[threadIdx.x] += buf[threadIdx.x + o]; __syncthreads(); }
    if (!threadIdx.x) { float l = m + logf(buf[0]); y[blockIdx.x] = l * (l * tanhf(softplus(l))); }
}
torch::Tensor tail_cuda(torch::Tensor x, double scale, double lo, double hi) {
    auto y = torch::empty({x.size(0), 1}, x.options());
    tail<<<x.size(0), THREADS>>>(x.data_ptr<float>(), y.data_ptr<float>(), x.size(1), scale, lo, hi);
    return y;
}
""" % CFG.threads

tail = load_inline(name="tail", cpp_sources="torch::Tensor tail_cuda(torch::Tensor x, double scale, double lo, double hi);", cuda_sources=source,
                   functions=["tail_cuda"], extra_cuda_cflags=["-O3"] + (["--use_fast_math"] if CFG.fast_math else []))

class ModelNew(nn.Module):
    def __init__(self, input_size, hidden_size, scale_factor, clamp_min, clamp_max):
        super().__init__()
        self.matmul = nn.Linear(input_size, hidden_size)
        self.register_buffer("dummy", torch.zeros(1), persistent=False)
        self.scale_factor, self.clamp_min, self.clamp_max = scale_factor, clamp_min, clamp_max

    def forward(self, x: torch.Tensor):
        return tail.tail_cuda(self.matmul(x), self.scale_factor, self.clamp_min, self.clamp_max)
