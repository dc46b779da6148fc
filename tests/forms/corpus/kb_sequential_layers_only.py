# task: kb2_099_matmul_gelu_softmax
import torch
import torch.nn as nn
import torch.nn.functional as F


class ModelNew(nn.Module):
    """No kernel of its own: a baseline that was handed in as a solution."""

    def __init__(self, in_features, out_features):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)

    @torch.no_grad()
    def forward(self, x):
        return torch.softmax(F.gelu(self.linear(x)), dim=1)


def get_inputs():
    return [torch.rand(1024, 8192)]


def get_init_inputs():
    return [8192, 8192]
