# task: kb1_040_layernorm
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.cpp_extension import load_inline
from typing import Tuple

src = '''
#include <torch/extension.h>
#include <ATen/cuda/CUDAContext.h>
template <int N> __device__ void block_sum(float (&v)[N]) {
    __shared__ float buf[N][32];
    int lane = threadIdx.x % 32, w = threadIdx.x / 32;
    #pragma unroll
    for (int j = 0; j < N; j++) {
        for (int o = 16; o > 0; o /= 2) v[j] += __shfl_down_sync(0xffffffff, v[j], o);
        if (lane == 0) buf[j][w] = v[j];
    }
    __syncthreads();
    if (w == 0) {
        for (int j = 0; j < N; j++) {
            float t = lane < blockDim.x / 32 ? buf[j][lane] : 0.f;
            for (int o = 16; o > 0; o /= 2) t += __shfl_down_sync(0xffffffff, t, o);
            if (lane == 0) buf[j][0] = t;
        }
    }
    __syncthreads();
    for (int j = 0; j < N; j++) v[j] = buf[j][0];
    __syncthreads();
}
__global__ void ln(const float* x, const float* g, const float* b, float* y, long n, float eps) {
    const float* xr = x + blockIdx.x * n;
    float s[1] = {0.f};
    for (long i = threadIdx.x; i < n; i += blockDim.x) s[0] += xr[i];
    block_sum<1>(s);
    float mean = s[0] / n;
    float q[1] = {0.f};
    for (long i = threadIdx.x; i < n; i += blockDim.x) { float d = xr[i] - mean; q[0] += d * d; }
    block_sum<1>(q);
    float rstd = rsqrtf(q[0] / n + eps);
    for (long i = threadIdx.x; i < n; i += blockDim.x) y[blockIdx.x * n + i] = (xr[i] - mean) * rstd * g[i] + b[i];
}
torch::Tensor layernorm_forward(torch::Tensor x, torch::Tensor weight, torch::Tensor bias, double eps) {
    auto y = torch::empty_like(x);
    long n = weight.numel();
    long rows = x.numel() / n;
    ln<<<rows, 512, 0, at::cuda::getCurrentCUDAStream()>>>(x.data_ptr<float>(), weight.data_ptr<float>(), bias.data_ptr<float>(), y.data_ptr<float>(), n, (float)eps);
    return y;
}
'''

module = load_inline(
    name='layernorm_ext',
    cpp_sources=['torch::Tensor layernorm_forward(torch::Tensor x, torch::Tensor weight, torch::Tensor bias, double eps);'],
    cuda_sources=[src],
    functions=['layernorm_forward'],
    with_cuda=True,
)

class ModelNew(nn.Module):
    def __init__(self, normalized_shape: Tuple[int, ...]):
        super().__init__()
        self.normalized_shape = tuple(normalized_shape)
        self.ln = nn.LayerNorm(normalized_shape=normalized_shape)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        assert x.is_cuda, "expected CUDA tensor"
        x = x.contiguous()
        return module.layernorm_forward(x, self.ln.weight, self.ln.bias, self.ln.eps)
