import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

source = """
__global__ void relu_kernel(const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = fmaxf(x[i], 0.0f);
}

void relu(int64_t x, int64_t y, int64_t n, int64_t stream) {
    relu_kernel<<<(n + 255) / 256, 256, 0, (cudaStream_t)stream>>>((const float*)x, (float*)y, n);
}
"""
extension = load_inline(name="e", cpp_sources="void relu(int64_t x, int64_t y, int64_t n, int64_t stream);", cuda_sources=source,
                        functions=["relu"])


class ModelNew(nn.Module):
    def forward(self, x):
        y = torch.empty_like(x)
        extension.relu(x.data_ptr(), y.data_ptr(), x.numel(), torch.cuda.current_stream().cuda_stream)
        return y
