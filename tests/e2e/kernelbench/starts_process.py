import torch
import torch.nn as nn
import os
class ModelNew(nn.Module):
    def forward(self, a, b):
        os.system('true')
        return a + b
