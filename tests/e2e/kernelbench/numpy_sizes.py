import numpy as np
import torch
import torch.nn as nn

np.random.seed(0)


class ModelNew(nn.Module):
    def forward(self, x):
        return torch.relu(x.view(int(np.prod(x.shape)))).view_as(x)
