import numpy as np
import torch.nn as nn

table = np.zeros(16)


class ModelNew(nn.Module):
    def forward(self, a, b):
        return a + b
