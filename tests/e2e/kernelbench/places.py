"""Masks that are assigned to, places, the greatest elements: operators of the library."""
import torch
import torch.nn as nn
class ModelNew(nn.Module):
    def forward(self, x):
        y = x.clone()
        y[y < 0] = 0.0
        rows = torch.arange(x.shape[0], device=x.device)
        values, order = torch.topk(y, x.shape[1], dim=1)
        again = values.gather(1, torch.topk(order.float(), x.shape[1], dim=1, largest=False).indices)
        return again.index_select(0, rows)
