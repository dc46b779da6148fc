import torch
import torch.nn as nn
class ModelNew(nn.Module):
    def forward(self, a, b):
        if a.sum() > 0:
            return a
        return b
