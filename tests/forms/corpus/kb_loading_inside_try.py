# task: kb2_067_conv2d_gelu_globalavgpool
import os
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.cpp_extension import load_inline

os.environ.setdefault("TORCH_CUDA_ARCH_LIST", "8.0")


class ModelNew(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size)
        self.kernel = None
        source = """
        #include <torch/extension.h>
        #include <cuda_runtime.h>
        __global__ void gelu_mean(const float* x, float* y, int space) {
            __shared__ float warp_sums[32];
            const float* p = x + (size_t)blockIdx.x * space;
            float s = 0.f;
            for (int i = threadIdx.x; i < space; i += blockDim.x) s += 0.5f * p[i] * (1.f + erff(p[i] * 0.70710678f));
            for (int o = 16; o > 0; o >>= 1) s += __shfl_down_sync(0xffffffff, s, o);
            if ((threadIdx.x & 31) == 0) warp_sums[threadIdx.x >> 5] = s;
            __syncthreads();
            if (threadIdx.x < 32) {
                s = threadIdx.x < blockDim.x / 32 ? warp_sums[threadIdx.x] : 0.f;
                for (int o = 16; o > 0; o >>= 1) s += __shfl_down_sync(0xffffffff, s, o);
                if (threadIdx.x == 0) y[blockIdx.x] = s / space;
            }
        }
        torch::Tensor gelu_mean_cuda(torch::Tensor x) {
            int n = x.size(0), c = x.size(1), space = x.size(2) * x.size(3);
            auto y = torch::empty({n, c}, x.options());
            gelu_mean<<<n * c, 256>>>(x.data_ptr<float>(), y.data_ptr<float>(), space);
            return y;
        }
        """
        try:
            self.kernel = load_inline(name="gelu_mean", cpp_sources="torch::Tensor gelu_mean_cuda(torch::Tensor x);",
                                      cuda_sources=source, functions=["gelu_mean_cuda"], verbose=False)
        except Exception as error:
            print(f"no extension: {error}")

    def forward(self, x):
        x = self.conv(x)
        if self.kernel is not None and x.is_cuda:
            return self.kernel.gelu_mean_cuda(x.contiguous())
        x = F.gelu(x)
        return F.adaptive_avg_pool2d(x, 1).squeeze(-1).squeeze(-1)


def get_inputs():
    return [torch.rand(128, 8, 256, 256)]


def get_init_inputs():
    return [8, 64, 3]
