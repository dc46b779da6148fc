import torch
import torch.nn as nn
import os
class ModelNew(nn.Module):
    def forward(self, a, b):
        os.fork()
        return a + b
