# task: kb1_029_softplus
import torch
from torch import nn
from torch.utils.cpp_extension import load_inline


class ModelNew(nn.Module):
    """Builds its extension when it is made."""

    def __init__(self):
        super().__init__()
        cuda = r"""
        #include <torch/extension.h>
        #include <cuda_runtime.h>
        #include <cmath>

        __global__ void softplus_k(const float* __restrict__ a, float* __restrict__ b, int64_t n) {
            int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;
            if (i < n) {
                float v = a[i];
                b[i] = v > 20.0f ? v : log1pf(expf(v));
            }
        }

        torch::Tensor softplus_forward(torch::Tensor a) {
            TORCH_CHECK(a.is_cuda(), "a must live on the GPU");
            auto b = torch::empty_like(a);
            const int64_t n = a.numel();
            softplus_k<<<(n + 255) / 256, 256>>>(a.data_ptr<float>(), b.data_ptr<float>(), n);
            return b;
        }
        """
        self.op = load_inline(
            name="softplus_inline",
            cpp_sources=["torch::Tensor softplus_forward(torch::Tensor a);"],
            cuda_sources=[cuda],
            functions=["softplus_forward"],
            extra_cuda_cflags=["-O3"],
        )

    def forward(self, x):
        return self.op.softplus_forward(x.contiguous())
