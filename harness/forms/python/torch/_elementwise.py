"""Functions of each element, and arithmetic with broadcasting."""
import math

from assay_trace import Int, Tensor, Unknown, Unsupported, call, cpp, graph, text_of
from torch._types import bool_, broadcast, float32, method, promoted


def in_place(x, result):
    graph.emit(f"{x.ref()}.copy_({result.ref()});")
    return x


unary_names = ["exp", "log", "sqrt", "rsqrt", "abs", "neg", "square", "reciprocal", "erf", "sin", "cos", "relu", "sigmoid",
               "tanh", "silu", "softplus", "mish", "hardswish", "hardsigmoid", "log1p", "expm1", "sign", "floor", "ceil", "round"]


def define_unary(name):
    def function(x, *_, inplace=False):
        kind = None if x._dtype is None or x._dtype.is_floating_point or name in ("abs", "neg", "square") else float32
        result = method(x, "{}." + name + "()", kind=kind, op=(name,))
        return in_place(x, result) if inplace else result
    globals()[name] = function
    setattr(Tensor, name, function)
    setattr(Tensor, name + "_", lambda x: in_place(x, function(x)))
    globals()[name + "_"] = lambda x: in_place(x, function(x))


for _name in unary_names:
    define_unary(_name)


def number_or_tensor(x):
    if isinstance(x, (Tensor, Unknown, int, float)):
        return cpp(x) if isinstance(x, Tensor) else f"double({text_of(x)})" if isinstance(x, int) else text_of(x)
    raise Unsupported(f"it computes with a tensor and a {type(x).__name__}")


def kind_of(a, b):
    """The element type of a result; None: only the extension knows."""
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        if a._dtype is None or b._dtype is None:
            return a._dtype or b._dtype
        if a._shape == () or b._shape == ():  # one without dimensions counts as a number
            like = b if a._shape == () else a
            return like._dtype
        return promoted(a._dtype, b._dtype)
    tensor, number = (a, b) if isinstance(a, Tensor) else (b, a)
    if tensor._dtype is None or tensor._dtype.is_floating_point or not isinstance(number, float):
        return tensor._dtype
    return float32


operator_names = {"+": "add", "-": "sub", "*": "mul", "/": "div"}


def operation(symbol, a, b):
    """The library's operator and its operands, of arithmetic."""
    name = operator_names[symbol]
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        return name, [a, b], []
    if isinstance(a, Tensor):
        return ("add_number", [a], [-b]) if name == "sub" else (name + "_number", [a], [b])
    return ("r" if name in ("sub", "div") else "") + name + "_number", [b], [a]


def binary(symbol, a, b):
    return call(lambda: f"({number_or_tensor(a)} {symbol} {number_or_tensor(b)})", broadcast(a, b), kind_of(a, b),
                operation(symbol, a, b))


def define_binary(name, symbol, dunder):
    def function(a, b, *, alpha=1):
        return binary(symbol, a, b if isinstance(alpha, int) and alpha == 1 else b * alpha)
    globals()[name] = function
    setattr(Tensor, name, function)
    setattr(Tensor, name + "_", lambda a, b, **more: in_place(a, function(a, b, **more)))
    setattr(Tensor, f"__{dunder}__", lambda a, b: binary(symbol, a, b))
    setattr(Tensor, f"__r{dunder}__", lambda a, b: binary(symbol, b, a))
    setattr(Tensor, f"__i{dunder}__", lambda a, b: in_place(a, binary(symbol, a, b)))


define_binary("add", "+", "add")
define_binary("sub", "-", "sub")
define_binary("mul", "*", "mul")
define_binary("div", "/", "truediv")
subtract, multiply, divide, true_divide = sub, mul, div, div
Tensor.__neg__ = lambda x: x.neg()
Tensor.__abs__ = lambda x: x.abs()


def compared(name, a, b):
    """A mask, where an operator compares a tensor."""
    if b is None or isinstance(b, (str, tuple, list)):
        return NotImplemented
    return call(lambda: f"{cpp(a)}.{name}({number_or_tensor(b)})", broadcast(a, b), bool_, (name, [a, b], []))


def define_comparison(name):
    def function(a, b):
        return compared(name, a, b)
    globals()[name] = function
    setattr(Tensor, name, function)
    setattr(Tensor, f"__{name}__", function)


for _name in ("gt", "ge", "lt", "le", "eq", "ne"):
    define_comparison(_name)


def where(mask, a, b):
    kinds = [x._dtype for x in (a, b) if isinstance(x, Tensor)]
    if not kinds:
        raise Unsupported("torch.where of two numbers is not supported")
    return call(lambda: f"torch::where({cpp(mask)}, {number_or_tensor(a)}, {number_or_tensor(b)})", broadcast(mask, a, b),
                kinds[0], ("where", [mask, a, b], []))


def masked_fill(x, mask, value):
    return where(mask, value, x)


def addcmul(x, a, b, *, value=1):
    return x + a * b * value if value != 1 else x + a * b


def addcdiv(x, a, b, *, value=1):
    return x + a / b * value if value != 1 else x + a / b


def lerp(a, b, weight):
    return a + (b - a) * weight


def xlogy(a, b):
    return where(a == 0, 0.0, a * log(b))  # noqa: F821


for _function in (where, masked_fill, addcmul, addcdiv, lerp, xlogy):
    setattr(Tensor, _function.__name__, _function)
    setattr(Tensor, _function.__name__ + "_", lambda x, *a, _function=_function, **k: in_place(x, _function(x, *a, **k)))
Tensor.where = lambda x, mask, other: where(mask, x, other)


def maximum(a, b):
    return call(lambda: f"torch::maximum({cpp(a)}, {cpp(b)})", broadcast(a, b), kind_of(a, b), ("maximum", [a, b], []))


def minimum(a, b):
    return call(lambda: f"torch::minimum({cpp(a)}, {cpp(b)})", broadcast(a, b), kind_of(a, b), ("minimum", [a, b], []))


def pow(x, exponent):
    if not isinstance(x, Tensor) or isinstance(exponent, Tensor):
        raise Unsupported("torch.pow of a tensor exponent is not supported")
    square = isinstance(exponent, (int, float)) and not isinstance(exponent, Int) and exponent == 2
    return method(x, lambda x: f"{x}.pow({text_of(exponent)})", op=("square",) if square else ("pow_number", exponent))


def clamp(x, min=None, max=None):
    if min is None or max is None:
        name, bound = ("clamp_min", min) if max is None else ("clamp_max", max)
        op = ("clamp", -math.inf if min is None else min, math.inf if max is None else max)
        return method(x, lambda x: f"{x}.{name}({text_of(bound)})", op=op)
    return method(x, lambda x: f"{x}.clamp({text_of(min)}, {text_of(max)})", op=("clamp", min, max))


clip = clamp
Tensor.pow, Tensor.__pow__ = pow, pow
Tensor.clamp, Tensor.clip = clamp, clamp
Tensor.clamp_ = lambda x, *a, **k: in_place(x, clamp(x, *a, **k))
Tensor.clamp_min = lambda x, low: clamp(x, min=low)
Tensor.clamp_max = lambda x, high: clamp(x, max=high)
Tensor.maximum, Tensor.minimum = maximum, minimum
