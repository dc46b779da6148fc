import torch
import torch.nn as nn


class ModelNew(nn.Module):
    def forward(self, x):
        y = torch.where(x >= 0, x, torch.zeros_like(x))
        y = torch.where(x < 0, 0.0, y)
        return y.masked_fill(x == 0, 0.0)
