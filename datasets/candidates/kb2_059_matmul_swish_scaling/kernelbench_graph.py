import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

source = """
__global__ void swish_scale_kernel(float* c, float factor, int64_t n) {
    const int64_t i = blockIdx.x * int64_t(blockDim.x) + threadIdx.x;
    if (i < n) c[i] = factor * c[i] / (1.0f + expf(-c[i]));
}

void swish_scale(torch::Tensor c, double factor) {
    const int64_t n = c.numel();
    swish_scale_kernel<<<(n + 255) / 256, 256, 0, at::cuda::getCurrentCUDAStream()>>>(c.data_ptr<float>(), factor, n);
}
"""
extension = load_inline(name="swish", cpp_sources="void swish_scale(torch::Tensor c, double factor);",
                        cuda_sources="#include <ATen/cuda/CUDAContext.h>\n" + source, functions=["swish_scale"])


class ModelNew(nn.Module):
    """Captures its two steps in a CUDA graph, over memory that it keeps."""

    def __init__(self, in_features, out_features, scaling_factor):
        super().__init__()
        self.matmul = nn.Linear(in_features, out_features)
        self.scaling_factor = scaling_factor
        self.graph = None

    def compute(self, x):
        c = self.matmul(x)
        extension.swish_scale(c, self.scaling_factor)
        return c

    def forward(self, x):
        if self.graph is None or self.x.shape != x.shape:
            self.x = torch.empty_like(x)
            self.graph = torch.cuda.CUDAGraph()
            with torch.no_grad(), torch.cuda.graph(self.graph):
                self.y = self.compute(self.x)
        self.x.copy_(x)
        self.graph.replay()
        return self.y.clone()


batch_size = 128
in_features = 32768
out_features = 32768
scaling_factor = 2.0


def get_inputs():
    return [torch.rand(batch_size, in_features)]


def get_init_inputs():
    return [in_features, out_features, scaling_factor]
