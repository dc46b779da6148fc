import os
import tempfile

import torch
import torch.nn as nn
from torch.utils.cpp_extension import load

source = """
#include <torch/extension.h>

__global__ void relu_kernel(const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = fmaxf(x[i], 0.0f);
}

torch::Tensor relu(torch::Tensor x) {
    auto y = torch::empty_like(x);
    const int n = x.numel();
    relu_kernel<<<(n + 255) / 256, 256>>>(x.data_ptr<float>(), y.data_ptr<float>(), n);
    return y;
}
"""

folder = os.path.join(tempfile.gettempdir(), "extensions")
os.makedirs(folder, exist_ok=True)
path = os.path.join(folder, "relu.cu")
if not os.path.exists(path):
    with open(path, "w") as file:
        file.write('#include "relu.h"\n' + source)
        file.write("PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def(\"relu\", &relu); }\n")
    with tempfile.NamedTemporaryFile("w", suffix=".h", delete=False) as file:
        file.write("#pragma once\n")
    open(os.path.join(folder, "relu.h"), "w").close()
extension = load(name="e", sources=[path], build_directory=folder)


class ModelNew(nn.Module):
    def forward(self, x):
        return extension.relu(x)
