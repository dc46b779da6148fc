# task: kb1_036_rmsnorm
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

cuda_src = r'''
#include <torch/extension.h>
#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDAGuard.h>

template <typename scalar_t>
__global__ void rms_kernel(const scalar_t* x, scalar_t* y, int channels, int space, float eps) {
    int at = blockIdx.x * blockDim.x + threadIdx.x;
    int n = blockIdx.y;
    if (at >= space) return;
    const scalar_t* in = x + (size_t)n * channels * space + at;
    scalar_t* out = y + (size_t)n * channels * space + at;
    float s = 0.f;
    for (int c = 0; c < channels; ++c) { float v = static_cast<float>(in[(size_t)c * space]); s += v * v; }
    float r = 1.0f / sqrtf(s / channels + eps);
    for (int c = 0; c < channels; ++c) out[(size_t)c * space] = static_cast<scalar_t>(static_cast<float>(in[(size_t)c * space]) * r);
}

torch::Tensor rms_forward(torch::Tensor x, double eps) {
    const at::cuda::OptionalCUDAGuard guard(at::device_of(x));
    auto y = torch::empty_like(x);
    int n = x.size(0), c = x.size(1);
    int space = 1;
    for (int i = 2; i < x.dim(); i++) space *= x.size(i);
    dim3 grid((space + 255) / 256, n);
    auto stream = at::cuda::getCurrentCUDAStream();
    AT_DISPATCH_FLOATING_TYPES_AND_HALF(x.scalar_type(), "rms_forward", ([&] {
        rms_kernel<scalar_t><<<grid, 256, 0, stream>>>(x.data_ptr<scalar_t>(), y.data_ptr<scalar_t>(), c, space, (float)eps);
    }));
    AT_CUDA_CHECK(cudaGetLastError());
    return y;
}
'''
rms = load_inline(name='rms_ext', cpp_sources='torch::Tensor rms_forward(torch::Tensor x, double eps);', cuda_sources=cuda_src,
                  functions=['rms_forward'], extra_cuda_cflags=['--use_fast_math', '-O3'])


class ModelNew(nn.Module):
    def __init__(self, num_features: int, eps: float = 1e-5):
        super().__init__()
        self.num_features = num_features
        self.eps = eps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return rms.rms_forward(x, self.eps)


def get_inputs():
    return [torch.rand(112, 64, 512, 512)]


def get_init_inputs():
    return [64]
