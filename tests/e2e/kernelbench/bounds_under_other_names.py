import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.cpp_extension import load_inline

cpp_src = "torch::Tensor gn_scale_pool_clamp(torch::Tensor x, torch::Tensor mean, torch::Tensor rstd, torch::Tensor w, torch::Tensor b, torch::Tensor scale, int64_t groups, int64_t k, double lo, double hi);"
cuda_src = """
#include <torch/extension.h>
__global__ void k_fused(const float* x, const float* mean, const float* rstd, const float* w, const float* b, const float* scale, float* y,
                        int N, int C, int H, int W, int OH, int OW, int G, int K, float lo, float hi) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= N * C * OH * OW) return;
    int ow = i % OW, oh = i / OW % OH, c = i / OW / OH % C, n = i / OW / OH / C;
    int g = n * G + c / (C / G);
    float a = rstd[g] * w[c] * scale[c], d = (b[c] - mean[g] * rstd[g] * w[c]) * scale[c];
    float m = -1e38f;
    for (int r = 0; r < K; ++r) for (int s = 0; s < K; ++s) m = fmaxf(m, x[((n * C + c) * H + oh * K + r) * W + ow * K + s] * a + d);
    y[i] = fminf(fmaxf(m, lo), hi);
}
torch::Tensor gn_scale_pool_clamp(torch::Tensor x, torch::Tensor mean, torch::Tensor rstd, torch::Tensor w, torch::Tensor b, torch::Tensor scale, int64_t groups, int64_t k, double lo, double hi) {
    auto N = x.size(0), C = x.size(1), H = x.size(2), W = x.size(3);
    auto y = torch::empty({N, C, H / k, W / k}, x.options());
    auto scale_flat = scale.view({-1});
    int total = y.numel();
    k_fused<<<(total + 255) / 256, 256>>>(x.data_ptr<float>(), mean.data_ptr<float>(), rstd.data_ptr<float>(), w.data_ptr<float>(), b.data_ptr<float>(), scale_flat.data_ptr<float>(), y.data_ptr<float>(),
        N, C, H, W, H / k, W / k, groups, k, lo, hi);
    return y;
}
"""
fused = load_inline(name="gspc", cpp_sources=cpp_src, cuda_sources=cuda_src, functions=["gn_scale_pool_clamp"], verbose=False)

class ModelNew(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, num_groups, scale_shape, maxpool_kernel_size, clamp_min, clamp_max):
        super(ModelNew, self).__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size)
        self.group_norm = nn.GroupNorm(num_groups, out_channels)
        self.scale = nn.Parameter(torch.ones(scale_shape))
        self.maxpool = nn.MaxPool2d(kernel_size=maxpool_kernel_size)
        self.clamp_min = clamp_min
        self.clamp_max = clamp_max

    def forward(self, x):
        x = self.conv(x)
        G = self.group_norm.num_groups
        xg = x.reshape(x.shape[0], G, -1)
        var, mean = torch.var_mean(xg, dim=-1, unbiased=False)
        rstd = torch.rsqrt(var + self.group_norm.eps)
        return fused.gn_scale_pool_clamp(x, mean.contiguous(), rstd.contiguous(), self.group_norm.weight, self.group_norm.bias, self.scale, G, self.maxpool.kernel_size, self.clamp_min, self.clamp_max)

batch_size = 128
in_channels = 8
out_channels = 64
height, width = 128, 128
kernel_size = 3
num_groups = 16
scale_shape = (out_channels, 1, 1)
maxpool_kernel_size = 4
clamp_min = 0.0
clamp_max = 1.0

def get_inputs():
    return [torch.rand(batch_size, in_channels, height, width)]

def get_init_inputs():
    return [in_channels, out_channels, kernel_size, num_groups, scale_shape, maxpool_kernel_size, clamp_min, clamp_max]
