"""Element types, devices, shapes: what the rest of the stand-in is made of."""
import math

from assay_trace import Tensor, Unknown, UnknownShape, call


class dtype:
    def __init__(self, name, cpp, is_floating_point, bytes):
        self.name, self.cpp, self.is_floating_point, self.itemsize = name, cpp, is_floating_point, bytes

    def __repr__(self):
        return f"torch.{self.name}"


float32 = dtype("float32", "torch::kFloat32", True, 4)
float64 = double = dtype("float64", "torch::kFloat64", True, 8)
float16 = half = dtype("float16", "torch::kFloat16", True, 2)
bfloat16 = dtype("bfloat16", "torch::kBFloat16", True, 2)
int64 = long = dtype("int64", "torch::kInt64", False, 8)
int32 = dtype("int32", "torch::kInt32", False, 4)
int16 = short = dtype("int16", "torch::kInt16", False, 2)
int8 = dtype("int8", "torch::kInt8", False, 1)
uint8 = dtype("uint8", "torch::kUInt8", False, 1)
bool_ = dtype("bool", "torch::kBool", False, 1)
by_name = {t.name: t for t in (float32, float64, float16, bfloat16, int64, int32, int16, int8, uint8, bool_)}
order = [bool_, uint8, int8, int16, int32, int64, float16, bfloat16, float32, float64]


def promoted(a, b):
    """The type of a result of two: PyTorch's rules for tensors with dimensions."""
    if {a, b} == {float16, bfloat16}:
        return float32
    if {a, b} == {uint8, int8}:
        return int16
    return a if order.index(a) >= order.index(b) else b


class device:
    def __init__(self, name="cuda", index=None):
        self.type = "cuda" if str(name).isdigit() else str(name).split(":")[0]
        self.index = index if index is not None else 0 if self.type == "cuda" else None
        self.cpp = "torch::kCUDA" if self.type == "cuda" else "torch::kCPU"

    def __eq__(self, other):
        return device(str(other)).type == self.type

    def __hash__(self):
        return hash(self.type)

    def __str__(self):
        return self.type


class Size(tuple):
    def numel(self):
        return math.prod(self)


# Shapes, where they can be told


def shape_of(x):
    return x._shape if isinstance(x, Tensor) else ()


def broadcast(*tensors):
    shapes = [shape_of(x) for x in tensors]
    if any(shape is None or any(isinstance(s, Unknown) for s in shape) for shape in shapes):
        return None
    rank = max(len(shape) for shape in shapes)
    return [max((s[i - rank + len(s)] for s in shapes if i - rank + len(s) >= 0), key=int) for i in range(rank)]


def listed(values):
    """f(1, 2) and f((1, 2))"""
    if len(values) == 1 and isinstance(values[0], (list, tuple, UnknownShape)):
        values = tuple(values[0])
    return list(values)


def filled(shape, total):
    """A -1 replaced by what is left."""
    if shape is None or any(not isinstance(s, int) for s in shape):
        return None
    rest = math.prod(s for s in shape if s != -1)
    if -1 in shape and total is None:
        return None
    return [total // rest if s == -1 else s for s in shape]


def total(x):
    """Elements, as far as they are known; the C++ of extents is kept where it has any."""
    shape = shape_of(x)
    return None if shape is None or any(isinstance(s, Unknown) for s in shape) else math.prod(shape)


def reduced(x, dims, keep):
    shape = shape_of(x)
    if shape is None:
        return None
    dims = range(len(shape)) if dims is None else [d % len(shape) for d in dims]
    return [1 if i in dims else s for i, s in enumerate(shape) if keep or i not in dims]


def method(x, code, shape="same", kind=None, op=None):
    """A tensor by a C++ expression in which {} is x. `op`: the library's operator of x, and its numbers."""
    return call(lambda: code.format(x.ref()) if isinstance(code, str) else code(x.ref()),
                shape_of(x) if isinstance(shape, str) else shape, kind or x._dtype,
                op and (op[0], [x], list(op[1:])))
