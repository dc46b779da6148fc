"""What surrounds a module without changing what it computes."""
import torch
import torch.nn as nn
import torch.nn.functional as F

if torch.backends.cudnn.is_available():
    torch.backends.cudnn.benchmark = True
torch.backends.cuda.matmul.allow_tf32 = True


class Relu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        ctx.rows = x.shape[0]
        return F.relu(x, inplace=False)

    @staticmethod
    def backward(ctx, gradient):
        x, = ctx.saved_tensors
        return gradient * (x > 0)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        generator = torch.Generator().manual_seed(3)
        self.unused = nn.Parameter(torch.randn(4, generator=generator) / 2)
        self.register_buffer("one", torch.tensor(1.0))
        self.layers = nn.ModuleDict({"drop": nn.Dropout(0.5), "same": nn.Identity()})
        self.traced = torch.jit.trace(lambda x: Relu.apply(x), torch.zeros(2, 2))
        self.eval()

    def forward(self, x):
        with torch.amp.autocast("cuda", enabled=False), torch.cuda.stream(torch.cuda.Stream()):
            for layer in self.layers.values():
                x = layer(x)
            y = self.traced(x.to(memory_format=torch.contiguous_format))
        y.record_stream(torch.cuda.current_stream())
        return y * self.one


class ModelNew(Model):
    def forward(self, x):
        y = torch.empty_like(x)
        torch.mul(super().forward(x), 1.0, out=y)
        return y
