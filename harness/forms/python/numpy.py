"""A stand-in for NumPy: the arithmetic of sizes that files around an extension do with it. There are no arrays."""
import math
import types

from assay_trace import Unsupported

pi, e, inf, nan = math.pi, math.e, math.inf, math.nan
sqrt, log, log2, log10, exp, ceil, floor = math.sqrt, math.log, math.log2, math.log10, math.exp, math.ceil, math.floor
random = types.SimpleNamespace(seed=lambda *_: None)


def prod(values, *_, **__):
    product = 1
    for value in values:
        product = product * value
    return product


def same(value):
    return value


float32 = float64 = float16 = int32 = int64 = same


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    raise Unsupported(f"numpy.{name} is not supported: there are no arrays here, only the arithmetic of sizes")
