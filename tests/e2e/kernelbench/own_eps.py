"""Modules of the file's own that write PyTorch's default eps down: as a parameter, as an attribute, as an argument."""
import torch
import torch.nn as nn
import torch.nn.functional as F

batch_size = 16
features = 64
dim1 = 256
dim2 = 256


class Normalize(nn.Module):
    def __init__(self, shape, eps: float = 1e-05):
        super().__init__()
        self.shape, self.given = shape, eps
        self.eps = 1e-5
        self.weight = nn.Parameter(torch.ones(shape))
        self.bias = nn.Parameter(torch.zeros(shape))

    def forward(self, x):
        y = F.layer_norm(x, self.shape, self.weight, self.bias, eps=1e-5)
        z = F.layer_norm(x, self.shape, self.weight, self.bias, eps=self.eps)
        return (y + z) / 2 + (self.given - self.eps)


class ModelNew(nn.Module):
    def __init__(self, normalized_shape: tuple):
        super().__init__()
        self.ln = Normalize(normalized_shape)

    def forward(self, x):
        return self.ln(x)


def get_inputs():
    return [torch.rand(batch_size, features, dim1, dim2)]


def get_init_inputs():
    return [(features, dim1, dim2)]
