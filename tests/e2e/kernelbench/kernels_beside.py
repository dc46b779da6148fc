"""The sources lie beside the file, and load() builds them."""
import os

import torch
from torch.utils.cpp_extension import load

here = os.path.dirname(os.path.abspath(__file__))
add = load(name="add", sources=[os.path.join(here, "kernels_beside_add.cpp"), os.path.join(here, "kernels_beside_add.cu")])


class ModelNew(torch.nn.Module):
    def forward(self, a, b):
        return add.forward(a, b)
