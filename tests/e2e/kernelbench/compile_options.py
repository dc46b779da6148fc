"""What load_inline tells the compiler holds: macros, and how many registers a thread may have."""
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

source = """
__global__ void add_kernel(const float* a, const float* b, float* c, int n) {
    int i = blockIdx.x * THREADS + threadIdx.x;
    if (i < n) c[i] = a[i] + b[i];
}

torch::Tensor add(torch::Tensor a, torch::Tensor b) {
    auto c = torch::empty_like(a);
    const int n = a.numel();
    add_kernel<<<(n + THREADS - 1) / THREADS, THREADS>>>(a.data_ptr<float>(), b.data_ptr<float>(), c.data_ptr<float>(), n);
    return c;
}
"""
extension = load_inline(name="e", cpp_sources="torch::Tensor add(torch::Tensor a, torch::Tensor b);", cuda_sources=[source],
                        functions=["add"], extra_cflags=["-O3"],
                        extra_cuda_cflags=["-O3", "-DTHREADS=64", "-lineinfo", "--maxrregcount", "64"])


class ModelNew(nn.Module):
    def forward(self, a, b):
        return extension.add(a, b)
