import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline


class ModelNew(nn.Module):
    def forward(self, x):
        y = torch.empty_like(x)
        half = x.shape[1] // 2
        y[:, :half] = torch.relu(x[:, :half])
        y[:, half:] = 0.0
        y[..., half:] = torch.relu(x[..., half:])
        return y
