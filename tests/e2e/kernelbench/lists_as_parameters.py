import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

source = """
__global__ void relu_kernel(const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = fmaxf(x[i], 0.0f);
}

torch::Tensor relu(torch::Tensor x, std::tuple<int, int> block, const std::vector<int>& factors, std::array<int64_t, 2> one,
                   std::pair<int, int> pair, at::IntArrayRef shape, std::vector<double> real) {
    TORCH_CHECK(x.sizes() == shape && real.size() == 2 && real[1] == 1.0, "other lists");
    auto y = torch::empty(shape, x.options());
    const int n = x.numel();
    const int threads = std::get<0>(block) * std::get<1>(block) * factors[0] * one[1] * pair.second;
    relu_kernel<<<(n + threads - 1) / threads, threads>>>(x.data_ptr<float>(), y.data_ptr<float>(), n);
    return y;
}
"""
extension = load_inline(name="e", cpp_sources="", cuda_sources=source, functions=["relu"])


class ModelNew(nn.Module):
    def forward(self, x):
        return extension.relu(x, (16, 4), [2, x.shape[0]], (1, 1), (3, 1), x.shape, [0.5, 1])
