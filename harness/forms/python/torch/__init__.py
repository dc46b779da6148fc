"""A stand-in for PyTorch that computes nothing and writes C++ (assay_trace.py).

It has what KernelBench files use around their extension. A name that is missing here is an error that says it."""
import builtins
import contextlib
import math
import sys
import types

from assay_trace import (Absent, Int, Tensor, Unknown, UnknownShape, Unsupported, call, cpp, graph, sizes,
                         text_of)

__version__ = "2.5.0"
inf, nan, pi = math.inf, math.nan, math.pi


class dtype:
    def __init__(self, name, cpp, is_floating_point):
        self.name, self.cpp, self.is_floating_point = name, cpp, is_floating_point

    def __repr__(self):
        return f"torch.{self.name}"


float32 = float = dtype("float32", "torch::kFloat32", True)
float64 = double = dtype("float64", "torch::kFloat64", True)
float16 = half = dtype("float16", "torch::kFloat16", True)
bfloat16 = dtype("bfloat16", "torch::kBFloat16", True)
int64 = long = dtype("int64", "torch::kInt64", False)
int32 = int = dtype("int32", "torch::kInt32", False)
int16 = short = dtype("int16", "torch::kInt16", False)
int8 = dtype("int8", "torch::kInt8", False)
uint8 = dtype("uint8", "torch::kUInt8", False)
bool = dtype("bool", "torch::kBool", False)
by_name = {t.name: t for t in (float32, float64, float16, bfloat16, int64, int32, int16, int8, uint8, bool)}
is_int, is_bool, is_float = builtins.int, builtins.bool, builtins.float


class device:
    def __init__(self, name="cuda", index=None):
        self.type = str(name).split(":")[0]
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


strided, contiguous_format, channels_last, preserve_format = "strided", "contiguous", "channels_last", "preserve"


# Shapes, where they can be told


def shape_of(x):
    return x._shape if isinstance(x, Tensor) else ()


def broadcast(*tensors):
    shapes = [shape_of(x) for x in tensors]
    if any(shape is None or any(isinstance(s, Unknown) for s in shape) for shape in shapes):
        return None
    rank = builtins.max(len(shape) for shape in shapes)
    return [builtins.max((s[i - rank + len(s)] for s in shapes if i - rank + len(s) >= 0), key=is_int) for i in range(rank)]


def listed(values):
    """f(1, 2) and f((1, 2))"""
    if len(values) == 1 and isinstance(values[0], (list, tuple, UnknownShape)):
        values = tuple(values[0])
    return list(values)


def filled(shape, total):
    """A -1 replaced by what is left."""
    if shape is None or any(not isinstance(s, is_int) for s in shape):
        return None
    rest = math.prod(s for s in shape if s != -1)
    if -1 in shape and total is None:
        return None
    return [total // rest if s == -1 else s for s in shape]


def total(x):
    shape = shape_of(x)
    return None if shape is None or any(isinstance(s, Unknown) for s in shape) else math.prod(is_int(s) for s in shape)


def reduced(x, dims, keep):
    shape = shape_of(x)
    if shape is None:
        return None
    dims = range(len(shape)) if dims is None else [d % len(shape) for d in dims]
    return [1 if i in dims else s for i, s in enumerate(shape) if keep or i not in dims]


# Element-wise


def method(x, code, shape="same", kind=None):
    """A tensor by a C++ expression in which {} is x."""
    return call(lambda: code.format(x.ref()) if isinstance(code, str) else code(x.ref()),
                shape_of(x) if isinstance(shape, str) else shape, kind or x._dtype)


unary_names = ["exp", "log", "sqrt", "rsqrt", "abs", "neg", "square", "reciprocal", "erf", "sin", "cos", "relu", "sigmoid",
               "tanh", "silu", "softplus", "mish", "hardswish", "hardsigmoid"]


def in_place(x, result):
    graph.emit(f"{x.ref()}.copy_({result.ref()});")
    return x


def define_unary(name):
    def function(x, *_, inplace=False):
        result = method(x, "{}." + name + "()")
        return in_place(x, result) if inplace else result
    globals()[name] = function
    setattr(Tensor, name, function)
    setattr(Tensor, name + "_", lambda x: in_place(x, function(x)))


for _name in unary_names:
    define_unary(_name)


def number_or_tensor(x):
    if isinstance(x, (Tensor, Unknown, is_int, is_float)):
        return cpp(x) if isinstance(x, Tensor) else f"double({text_of(x)})" if isinstance(x, is_int) else text_of(x)
    raise Unsupported(f"it computes with a tensor and a {type(x).__name__}")


def binary(symbol, a, b):
    like = a if isinstance(a, Tensor) else b
    return call(lambda: f"({number_or_tensor(a)} {symbol} {number_or_tensor(b)})", broadcast(a, b), like._dtype)


def define_binary(name, symbol, dunder):
    def function(a, b, *, alpha=1):
        return binary(symbol, a, b if isinstance(alpha, is_int) and alpha == 1 else b * alpha)
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


def maximum(a, b):
    return call(lambda: f"torch::maximum({cpp(a)}, {cpp(b)})", broadcast(a, b), a._dtype)


def minimum(a, b):
    return call(lambda: f"torch::minimum({cpp(a)}, {cpp(b)})", broadcast(a, b), a._dtype)


def pow(x, exponent):
    if not isinstance(x, Tensor) or isinstance(exponent, Tensor):
        raise Unsupported("torch.pow of a tensor exponent is not supported")
    return method(x, lambda x: f"{x}.pow({text_of(exponent)})")


def clamp(x, min=None, max=None):
    if min is None or max is None:
        name, bound = ("clamp_min", min) if max is None else ("clamp_max", max)
        return method(x, lambda x: f"{x}.{name}({text_of(bound)})")
    return method(x, lambda x: f"{x}.clamp({text_of(min)}, {text_of(max)})")


clip = clamp
Tensor.pow, Tensor.__pow__ = pow, pow
Tensor.clamp, Tensor.clip = clamp, clamp
Tensor.clamp_ = lambda x, *a, **k: in_place(x, clamp(x, *a, **k))
Tensor.clamp_min = lambda x, low: clamp(x, min=low)
Tensor.clamp_max = lambda x, high: clamp(x, max=high)


# Reductions and products


def define_reduction(name, cpp_name):
    def function(x, dim=None, keepdim=False, dtype=None):
        dims = None if dim is None else [dim] if isinstance(dim, is_int) else list(dim)
        arguments = "" if dims is None else f"{sizes(dims)}, {cpp(keepdim)}"
        return method(x, lambda x: f"{x}.{cpp_name}({arguments})", reduced(x, dims, keepdim))
    globals()[name] = function
    setattr(Tensor, name, function)


for _name in ("sum", "mean", "amax", "amin"):
    define_reduction(_name, _name)


def logsumexp(x, dim, keepdim=False):
    dims = [dim] if isinstance(dim, is_int) else list(dim)
    return method(x, lambda x: f"torch::logsumexp({x}, {sizes(dims)}, {cpp(keepdim)})", reduced(x, dims, keepdim))


def define_extreme(name):
    def function(x, dim=None, keepdim=False):
        if isinstance(dim, Tensor):
            return (maximum if name == "max" else minimum)(x, dim)
        if dim is None:
            return method(x, "{}." + name + "()", ())
        values = method(x, lambda x: f"{x}.a{name}({sizes([dim])}, {cpp(keepdim)})", reduced(x, [dim], keepdim))
        return Extreme(values)
    globals()[name] = function
    setattr(Tensor, name, function)


class Extreme:
    """Values and indices, of which there are only the values."""

    def __init__(self, values):
        self.values = values

    @property
    def indices(self):
        raise Unsupported("the indices of torch.max are not supported")

    def __getitem__(self, index):
        return self.values if index == 0 else self.indices

    def __iter__(self):
        return iter((self.values, Missing("the indices of torch.max")))


class Missing(Tensor):
    """A result that is an error once it is used."""

    def __init__(self, what):
        self.what = what
        self._name, self._shape, self._dtype = None, None, None

    def ref(self):
        raise Unsupported(f"{self.what} are not supported")


for _name in ("max", "min"):
    define_extreme(_name)


def softmax(x, dim=-1, dtype=None):
    return method(x, lambda x: f"{x}.softmax({text_of(dim)})")


def log_softmax(x, dim=-1, dtype=None):
    return method(x, lambda x: f"{x}.log_softmax({text_of(dim)})")


def matmul(a, b):
    shape = None
    if shape_of(a) is not None and shape_of(b) is not None and len(shape_of(b)) >= 2:
        shape = list(shape_of(a)[:-1]) + [shape_of(b)[-1]]
    return call(lambda: f"torch::matmul({cpp(a)}, {cpp(b)})", shape, a._dtype)


mm = bmm = matmul


def addmm(sum, a, b):
    return sum + matmul(a, b)


def einsum(*_):
    raise Unsupported("torch.einsum is not supported")


for _name, _function in {"logsumexp": logsumexp, "softmax": softmax, "log_softmax": log_softmax, "matmul": matmul,
                         "mm": matmul, "bmm": matmul, "__matmul__": matmul, "maximum": maximum,
                         "minimum": minimum}.items():
    setattr(Tensor, _name, _function)


# Views


def view(x, *shape):
    if len(shape) == 1 and isinstance(shape[0], dtype):
        return method(x, "{}.view(" + shape[0].cpp + ")", kind=shape[0])
    shape = listed(shape)
    return method(x, lambda x: f"{x}.view({sizes(shape)})", filled(shape, total(x)))


def reshape(x, *shape):
    shape = listed(shape)
    return method(x, lambda x: f"{x}.reshape({sizes(shape)})", filled(shape, total(x)))


def flatten(x, start_dim=0, end_dim=-1):
    shape = shape_of(x)
    if shape is not None:
        first, last = start_dim % len(shape), end_dim % len(shape)
        shape = list(shape[:first]) + [math.prod(shape[first:last + 1])] + list(shape[last + 1:])
    return method(x, lambda x: f"{x}.flatten({start_dim}, {end_dim})", shape)


def squeeze(x, dim=None):
    shape = shape_of(x)
    if shape is not None:
        shape = [s for i, s in enumerate(shape) if s != 1 or (dim is not None and i != dim % len(shape))]
    return method(x, lambda x: f"{x}.squeeze({'' if dim is None else dim})", shape)


def unsqueeze(x, dim):
    shape = shape_of(x)
    if shape is not None:
        shape = list(shape)
        shape.insert(dim % (len(shape) + 1), 1)
    return method(x, lambda x: f"{x}.unsqueeze({dim})", shape)


def transpose(x, a, b):
    shape = shape_of(x)
    if shape is not None:
        shape = list(shape)
        shape[a], shape[b] = shape[b], shape[a]
    return method(x, lambda x: f"{x}.transpose({a}, {b})", shape)


def permute(x, *dims):
    dims = listed(dims)
    shape = shape_of(x)
    return method(x, lambda x: f"{x}.permute({sizes(dims)})", shape and [shape[d] for d in dims])


def expand(x, *shape):
    shape = listed(shape)
    own = shape_of(x)
    result = None if own is None else [own[i - len(shape) + len(own)] if s == -1 else s for i, s in enumerate(shape)]
    return method(x, lambda x: f"{x}.expand({sizes(shape)})", result)


def repeat(x, *times):
    times = listed(times)
    return method(x, lambda x: f"{x}.repeat({sizes(times)})", None)


def select(x, dim, index):
    shape = shape_of(x)
    if shape is not None:
        shape = [s for i, s in enumerate(shape) if i != dim % len(shape)]
    return method(x, lambda x: f"{x}.select({dim}, {text_of(index)})", shape)


def narrow(x, dim, start, length):
    shape = shape_of(x)
    if shape is not None:
        shape = [length if i == dim % len(shape) else s for i, s in enumerate(shape)]
    return method(x, lambda x: f"{x}.narrow({dim}, {text_of(start)}, {text_of(length)})", shape)


def sliced(x, dim, part):
    shape = shape_of(x)
    if shape is not None:
        extent = len(range(is_int(shape[dim]))[part]) if known_slice(part) else None
        shape = None if extent is None else [extent if i == dim else s for i, s in enumerate(shape)]
    bounds = ", ".join("c10::nullopt" if b is None else text_of(b) for b in (part.start, part.stop))
    return method(x, lambda x: f"{x}.slice({dim}, {bounds}, {text_of(part.step or 1)})", shape)


def known_slice(part):
    return not any(isinstance(b, Unknown) for b in (part.start, part.stop, part.step))


def index(x, key):
    keys = list(key) if isinstance(key, tuple) else [key]
    if Ellipsis in [k for k in keys if not isinstance(k, Tensor)]:
        if shape_of(x) is None:
            raise Unsupported("it indexes with ... a tensor whose shape only the extension knows")
        at = keys.index(Ellipsis)
        taken = len([k for k in keys if k is not None]) - 1
        keys[at:at + 1] = [slice(None)] * (len(shape_of(x)) - taken)
    dim = 0
    for k in keys:
        if k is None:
            x, dim = unsqueeze(x, dim), dim + 1
        elif isinstance(k, slice):
            x = x if k == slice(None) else sliced(x, dim, k)
            dim += 1
        elif isinstance(k, (is_int, Unknown)):
            x = select(x, dim, k)
        else:
            raise Unsupported(f"indexing with a {type(k).__name__} is not supported")
    return x


def chunk(x, chunks, dim=0):
    shape = shape_of(x)
    if shape is None:
        raise Unsupported("torch.chunk of a tensor whose shape only the extension knows is not supported")
    return split(x, -(-shape[dim] // chunks), dim)


def split(x, size, dim=0):
    shape = shape_of(x)
    if shape is None or not isinstance(size, is_int):
        raise Unsupported("torch.split into parts of unknown sizes is not supported")
    return tuple(narrow(x, dim, start, builtins.min(size, shape[dim] - start)) for start in range(0, shape[dim], size))


def cat(tensors, dim=0, axis=None):
    tensors, dim = list(tensors), dim if axis is None else axis
    shapes = [shape_of(x) for x in tensors]
    shape = None
    if None not in shapes:
        shape = list(shapes[0])
        shape[dim] = builtins.sum(s[dim] for s in shapes)
    return call(lambda: f"torch::cat({cpp(tensors)}, {dim})", shape, tensors[0]._dtype)


def stack(tensors, dim=0):
    return call(lambda: f"torch::stack({cpp(list(tensors))}, {dim})", None, list(tensors)[0]._dtype)


concat = cat
for _function in (view, reshape, flatten, squeeze, unsqueeze, transpose, permute, expand, repeat, select, narrow, chunk, split):
    setattr(Tensor, _function.__name__, _function)
Tensor.__getitem__ = index
Tensor.view_as = lambda x, other: view(x, *other.shape)
Tensor.reshape_as = lambda x, other: reshape(x, *other.shape)
Tensor.expand_as = lambda x, other: expand(x, *other.shape)
Tensor.t = lambda x: transpose(x, 0, 1)
Tensor.T = property(lambda x: transpose(x, 0, 1))
Tensor.mT = property(lambda x: transpose(x, -2, -1))
swapaxes = Tensor.swapaxes = transpose


# Copies, types, places


def to(x, *what, **options):
    kind, place = options.get("dtype"), options.get("device")
    for argument in what:
        if isinstance(argument, dtype):
            kind = argument
        elif isinstance(argument, Tensor):
            kind = argument.dtype
        elif isinstance(argument, (str, device)):
            place = argument
    if place is not None and device(str(place)).type == "cpu":
        return method(x, "{}.cpu()")
    if kind is None or kind is x._dtype:
        return x
    return method(x, "{}.to(" + kind.cpp + ")", kind=kind)


Tensor.to = to
for _name, _dtype in {"float": float32, "half": float16, "bfloat16": bfloat16, "double": float64, "long": int64,
                      "int": int32, "bool": bool}.items():
    setattr(Tensor, _name, lambda x, _dtype=_dtype: to(x, _dtype))
Tensor.type_as = lambda x, other: to(x, other.dtype)
Tensor.cuda = lambda x, *_, **__: x
Tensor.cpu = lambda x: method(x, "{}.cpu()")
Tensor.contiguous = lambda x, memory_format=None: method(
    x, "{}.contiguous()" if memory_format in (None, contiguous_format) else "{}.contiguous(at::MemoryFormat::ChannelsLast)")
Tensor.clone = lambda x, memory_format=None: method(x, "{}.clone()")
clone = Tensor.clone
for _name in ("detach", "requires_grad_", "detach_", "share_memory_", "pin_memory"):
    setattr(Tensor, _name, lambda x, *_, **__: x)
Tensor.data = property(lambda x: x, lambda x, value: x._set_data(value))
Tensor._set_data = lambda x, value: None
Tensor.zero_ = lambda x: x.fill_(0)


def fill_(x, value):
    if graph.running:
        graph.emit(f"{x.ref()}.fill_({text_of(value)});")
    return x


def copy_(x, other, non_blocking=False):
    if graph.running:
        graph.emit(f"{x.ref()}.copy_({cpp(other)});")
    return x


Tensor.fill_, Tensor.copy_ = fill_, copy_
for _name in ("normal_", "uniform_", "random_"):  # what __init__ draws is the task's to say
    setattr(Tensor, _name, lambda x, *_, **__: x)


def item(x):
    raise Unsupported("it reads a tensor's value (.item()) and goes on with it")


Tensor.item = Tensor.tolist = Tensor.numpy = item


def get_shape(x):
    if x._shape is None:
        return UnknownShape(x)
    named = x._name is not None or graph.running
    return Size(Int(s, f"{x.ref()}.size({i})") if named and isinstance(s, is_int) and not isinstance(s, Int) else s
                for i, s in enumerate(x._shape))


Tensor.shape = property(get_shape)
Tensor.size = lambda x, dim=None: x.shape if dim is None else x.shape[dim]
Tensor.dim = Tensor.ndimension = lambda x: len(x.shape)
Tensor.ndim = property(lambda x: len(x.shape))


def numel(x):
    return Unknown(f"{x.ref()}.numel()") if total(x) is None else Int(total(x), f"{x.ref()}.numel()")


Tensor.numel = Tensor.nelement = numel
Tensor.stride = lambda x, dim: Unknown(f"{x.ref()}.stride({dim})")
Tensor.element_size = lambda x: 4 if x.dtype in (float32, int32) else 8 if x.dtype in (float64, int64) else 2
Tensor.dtype = property(lambda x: x._dtype or float32)
Tensor.device = property(lambda x: device(x._device))
Tensor.is_cuda = property(lambda x: x._device == "cuda")
Tensor.is_contiguous = lambda x, **_: True
Tensor.is_floating_point = lambda x: x.dtype.is_floating_point
Tensor.data_ptr = item
is_tensor = lambda x: isinstance(x, Tensor)


# Factories


def options_of(kind, place):
    place = default_device if place is None else device(str(place))
    return f"torch::TensorOptions().dtype({(kind or float32).cpp}).device({place.cpp})"


default_device = device("cpu")


def set_default_device(place):
    global default_device
    default_device = device(str(place))


def factory(shape, cpp_name, value, kind, place):
    shape = listed(shape)
    # What __init__ makes moves to the device with the module.
    place = device("cuda") if not graph.running else place
    middle = "" if value is None else f", {text_of(value)}"
    kind = kind or (int64 if isinstance(value, is_int) and cpp_name == "full" and not graph.running else float32)
    text = device(str(place)).type if place is not None else default_device.type
    result = Tensor(lambda: f"torch::{cpp_name}({sizes(shape)}{middle}, {options_of(kind, place)})", shape, kind, device=text)
    return result


def define_factory(name, cpp_name):
    def function(*shape, size=None, dtype=None, device=None, **_):
        return factory(shape if size is None else (size,), cpp_name, None, dtype, device)

    def like(x, dtype=None, device=None, **_):
        kind = (dtype or x.dtype).cpp
        return method(x, lambda x: f"torch::{cpp_name}_like({x}, {x}.options().dtype({kind}))", kind=dtype or x.dtype)

    def new(x, *shape, dtype=None, device=None, **_):
        shape = listed(shape)
        kind = (dtype or x.dtype).cpp
        return method(x, lambda x: f"torch::{cpp_name}({sizes(shape)}, {x}.options().dtype({kind}))", shape)
    globals()[name] = function
    globals()[name + "_like"] = like
    setattr(Tensor, "new_" + name, new)


for _name in ("empty", "zeros", "ones"):
    define_factory(_name, _name)


def full(shape, fill_value, dtype=None, device=None, **_):
    return factory((shape,), "full", fill_value, dtype or float32, device)


def full_like(x, fill_value, dtype=None, **_):
    return method(x, lambda x: f"torch::full_like({x}, {text_of(fill_value)})")


def arange(*bounds, dtype=None, device=None, **_):
    kind = dtype or (int64 if all(isinstance(b, is_int) for b in bounds) else float32)
    place = device if graph.running else "cuda"
    extent = len(range(*bounds)) if all(isinstance(b, is_int) for b in bounds) else None
    return Tensor(lambda: f"torch::arange({', '.join(text_of(b) for b in bounds)}, {options_of(kind, place)})",
                  None if extent is None else (extent,), kind)


def tensor(values, dtype=None, device=None, **_):
    if isinstance(values, Tensor):
        return values
    flat = values if isinstance(values, (list, tuple)) else [values]
    if any(isinstance(v, (list, tuple)) for v in flat):
        raise Unsupported("torch.tensor of nested lists is not supported")
    kind = dtype or (float32 if any(isinstance(v, is_float) for v in flat) else int64)
    place = device if graph.running else "cuda"
    numbers = ", ".join(f"double({text_of(v)})" for v in flat)
    shape = (len(flat),) if isinstance(values, (list, tuple)) else ()
    text = f"torch::tensor(std::vector<double>{{{numbers}}}, "
    end = "" if shape else ".view({})"
    return Tensor(lambda: f"{text}{options_of(kind, place)}){end}", shape, kind)


as_tensor = tensor


def drawn(*shape, size=None, dtype=None, **_):
    """Values that nobody knows: good for a parameter, whose values the task has, and for nothing else."""
    def refuse():
        raise Unsupported("it computes with random numbers that are no parameter")
    return Tensor(refuse, listed(shape if size is None else (size,)), dtype or float32) if not graph.running else refuse()


rand = randn = drawn


def randint(*bounds, dtype=None, **_):
    shape = next(b for b in bounds if isinstance(b, (list, tuple)))
    return drawn(*shape, dtype=dtype or int64)


def rand_like(x, **_):
    return drawn(*x.shape)


randn_like = rand_like


# Surroundings


class no_grad(contextlib.ContextDecorator):
    def __init__(self, *_, **__):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False

    def __call__(self, function):
        return function


enable_grad = inference_mode = no_grad


def compile(model=None, **_):
    return model if model is not None else lambda function: function


def manual_seed(*_):
    pass


def is_grad_enabled():
    return False


def set_float32_matmul_precision(*_):
    pass


set_grad_enabled = no_grad


def submodule(name, **members):
    module = types.ModuleType(f"torch.{name}")
    for key, value in members.items():
        setattr(module, key, value)
    module.__getattr__ = lambda member: missing(f"torch.{name}.{member}")
    sys.modules[f"torch.{name}"] = module
    return module


def missing(name):
    if name.rpartition(".")[2].startswith("__"):
        raise AttributeError(name)
    raise Absent(f"{name} is not supported")


def __getattr__(name):
    return missing(f"torch.{name}")


def tensor_attribute(x, name):
    if name.startswith("__"):
        raise AttributeError(name)
    raise Absent(f"Tensor.{name} is not supported")


Tensor.__getattr__ = tensor_attribute


class Function:
    """torch.autograd.Function: only forward is of interest."""

    class Context:
        saved_tensors = ()

        def save_for_backward(self, *_):
            pass

        def mark_non_differentiable(self, *_):
            pass

    @classmethod
    def apply(cls, *arguments):
        return cls.forward(cls.Context(), *arguments)


class Properties:
    name, major, minor, multi_processor_count, total_memory, warp_size = "Assay", 9, 0, 132, 80 << 30, 32


autograd = submodule("autograd", Function=Function)
cuda = submodule("cuda", is_available=lambda: True, synchronize=lambda *_: None, current_device=lambda: 0,
                 device_count=lambda: 1, get_device_capability=lambda *_: (9, 0), empty_cache=lambda: None,
                 manual_seed=lambda *_: None, manual_seed_all=lambda *_: None, get_device_name=lambda *_: "Assay",
                 get_device_properties=lambda *_: Properties())
backends = submodule("backends", cudnn=types.SimpleNamespace(), cuda=types.SimpleNamespace(matmul=types.SimpleNamespace()))
jit = submodule("jit", script=lambda function: function, ignore=lambda function: function)
version = submodule("version", cuda="13.0")
FloatTensor = Tensor

import torch.nn  # noqa: E402  (it needs what is above)
import torch.utils  # noqa: E402
