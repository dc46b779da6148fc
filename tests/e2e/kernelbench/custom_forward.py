import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

rms_source = '''
#include <torch/extension.h>
#include <cuda_runtime.h>

// each thread handles one (batch, spatial) location; channels are strided
__global__ void rms_norm_kernel(const float* __restrict__ x, float* __restrict__ out, const int C, const long inner, const long total, const float eps) {
    const long idx = (long)blockIdx.x * blockDim.x + threadIdx.x;
    if (idx >= total) return;
    const long b = idx / inner, s = idx - b * inner;
    const float* p = x + b * C * inner + s;
    float* q = out + b * C * inner + s;
    float ss = 0.0f;
    #pragma unroll 4
    for (int c = 0; c < C; ++c) { const float v = p[c * inner]; ss += v * v; }
    const float r = rsqrtf(ss / (float)C + eps);
    #pragma unroll 4
    for (int c = 0; c < C; ++c) q[c * inner] = p[c * inner] * r;
}

at::Tensor rms_norm(at::Tensor x, float eps) {
    const int C = x.size(1);
    const long inner = c10::multiply_integers(x.sizes().slice(2));
    const long total = x.size(0) * inner;
    at::Tensor out = at::empty_like(x, at::MemoryFormat::Contiguous);
    constexpr int kThreads = 256;
    rms_norm_kernel<<<static_cast<unsigned int>((total + kThreads - 1) / kThreads), kThreads, 0, at::cuda::getCurrentCUDAStream().stream()>>>(
        x.const_data_ptr<float>(), out.mutable_data_ptr<float>(), C, inner, total, eps);
    return out;
}
'''
rms = load_inline(name='rms_norm_ext', cpp_sources='#include <ATen/ATen.h>\nat::Tensor rms_norm(at::Tensor x, float eps);', cuda_sources='#include <ATen/cuda/CUDAContext.h>\n' + rms_source, functions=['rms_norm'], verbose=False)

class RMSNormOp(torch.autograd.Function):
    @staticmethod
    @torch.cuda.amp.custom_fwd
    def forward(ctx, x, eps):
        ctx.eps = eps
        out = rms.rms_norm(x, eps)
        ctx.save_for_backward(x)
        return out

class ModelNew(nn.Module):
    """RMS norm over the feature dimension."""
    def __init__(self, num_features: int, eps: float = 1e-5):
        super(ModelNew, self).__init__()
        self.num_features = num_features
        self.eps = eps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        assert x.dim() >= 2 and x.size(1) == self.num_features
        return RMSNormOp.apply(x.contiguous(), self.eps)

batch_size = 112
features = 64
dim1 = 512
dim2 = 512

def get_inputs():
    return [torch.rand(batch_size, features, dim1, dim2)]

def get_init_inputs():
    return [features]
