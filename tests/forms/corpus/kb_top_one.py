# task: kb1_049_max_reduction_over_a_dimension
import torch
import torch.nn as nn


class ModelNew(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        values, _ = torch.topk(x, 1, dim=self.dim)
        return values.squeeze(self.dim)


def get_inputs():
    return [torch.rand(128, 4096, 4095)]


def get_init_inputs():
    return [1]
