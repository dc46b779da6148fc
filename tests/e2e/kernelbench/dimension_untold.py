"""Nobody says what `dim` is: the one that the output lacks."""
import torch
import torch.nn as nn
class ModelNew(nn.Module):
    def __init__(self, dim: int):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        return x.flip(self.dim).sum(self.dim)
