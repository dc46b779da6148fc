"""A stand-in for PyTorch that computes nothing and writes C++ (assay_trace.py).

It has what KernelBench files use around their extension. A name that is missing here is an error that says it. A file for
each kind: _types, _elementwise, _reduce, _views, _copies, _make, _surroundings; layers are torch.nn's."""
import functools
import math

from assay_trace import Tensor
from torch._types import *  # noqa: F401, F403
from torch._elementwise import *  # noqa: F401, F403
from torch._reduce import *  # noqa: F401, F403
from torch._views import *  # noqa: F401, F403
from torch._copies import *  # noqa: F401, F403
from torch._make import *  # noqa: F401, F403
from torch._surroundings import *  # noqa: F401, F403



def with_out(function):
    """The function with `out`, a tensor that the result is copied to."""
    @functools.wraps(function)
    def into(*arguments, out=None, **named):
        result = function(*arguments, **named)
        return result if out is None else in_place(out, result)  # noqa: F405
    return into


for _name in unary_names + [  # noqa: F405
        "add", "sub", "mul", "div", "maximum", "minimum", "pow", "clamp", "where", "addcmul", "sum", "mean", "amax", "amin",
        "cumsum", "cumprod", "softmax", "matmul", "mm", "bmm", "addmm", "baddbmm", "cat", "stack"]:
    globals()[_name] = with_out(globals()[_name])

__version__ = "2.5.0"
inf, nan, pi, e = math.inf, math.nan, math.pi, math.e
FloatTensor = Tensor
# PyTorch's names of types are also Python's: from here on they are hidden.
float, int, bool = float32, int32, bool_  # noqa: F405


def __getattr__(name):
    return missing(f"torch.{name}")  # noqa: F405


import torch.nn  # noqa: E402, F401  (it needs what is above)
import torch.utils  # noqa: E402, F401
