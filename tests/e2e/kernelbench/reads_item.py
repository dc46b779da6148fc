"""A number read back, computed with and passed on: a live plan. The other operand is picked and turned by places."""
import torch
import torch.nn as nn
class ModelNew(nn.Module):
    def forward(self, a, b):
        count = torch.ones_like(b).sum().item()
        b = b * (count / b.shape[0]) ** 1
        order = torch.arange(b.shape[0] - 1, -1, -1, device=b.device)
        return a + b[order].flip(0)
