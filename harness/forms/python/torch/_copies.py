"""Copies, element types and places of tensors, and what is asked of them."""
from assay_trace import Int, Tensor, Unknown, UnknownShape, Unsupported, cpp, graph, text_of
from torch import _types
from torch._types import Size, device, dtype, float32, method, shape_of, total

contiguous_format, channels_last, preserve_format = "contiguous", "channels_last", "preserve"
strided = "strided"


def to(x, *what, memory_format=None, **options):
    if memory_format is not None:
        return to(x.contiguous(memory_format=memory_format), *what, **options)
    kind, place = options.get("dtype"), options.get("device")
    for argument in what:
        if isinstance(argument, dtype):
            kind = argument
        elif isinstance(argument, Tensor):
            kind = argument.dtype
        elif isinstance(argument, (str, device)):
            place = argument
    if place is not None and device(str(place)).type == "cpu":
        return method(x, "{}.cpu()", op=("reshape",))
    if kind is None or kind is x._dtype:
        return x
    return method(x, "{}.to(" + kind.cpp + ")", kind=kind, op=("convert",))


Tensor.to = Tensor.type = to
for _name, _dtype in {"float": float32, "half": _types.float16, "bfloat16": _types.bfloat16, "double": _types.float64,
                      "long": _types.int64, "int": _types.int32, "bool": _types.bool_}.items():
    setattr(Tensor, _name, lambda x, _dtype=_dtype: to(x, _dtype))
Tensor.type_as = lambda x, other: to(x, other.dtype)
Tensor.cuda = lambda x, *_, **__: x
Tensor.cpu = lambda x: to(x, "cpu")
Tensor.contiguous = lambda x, memory_format=None: method(
    x, "{}.contiguous(at::MemoryFormat::ChannelsLast)" if memory_format == channels_last else "{}.contiguous()",
    op=None if memory_format == channels_last else ("reshape",)) if memory_format != preserve_format else x
Tensor.clone = lambda x, memory_format=None: method(x, "{}.clone()", op=("reshape",))
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


def define_reading(name):
    def function(x, *_, **__):
        raise Unsupported(f"it reads a tensor's value (.{name}()) and goes on with it")
    setattr(Tensor, name, function)


for _name in ("tolist", "numpy"):
    define_reading(_name)


def item(x):
    """A number that C++ reads back: forward may compute with it and pass it on, not decide on it."""
    if graph.operators is not None or not graph.running:
        raise Unsupported("it reads a tensor's value (.item()) and goes on with it")
    name, code = graph.name(), f"{x.ref()}.item<double>()"
    graph.emit(f"const double {name} = {code};")
    return Unknown(name)


Tensor.item = item
Tensor.data_ptr = lambda x: Unknown(f"reinterpret_cast<int64_t>({x.ref()}.data_ptr())")


def get_shape(x):
    if x._shape is None:
        return UnknownShape(x)
    if graph.operators is not None:
        return Size(x._shape)
    named = x._name is not None or graph.running
    return Size(Int(s, f"{x.ref()}.size({i})") if named and isinstance(s, int) and not isinstance(s, Int) else s
                for i, s in enumerate(x._shape))


Tensor.shape = property(get_shape)
Tensor.size = lambda x, dim=None: x.shape if dim is None else x.shape[dim]
Tensor.dim = Tensor.ndimension = lambda x: len(x.shape)
Tensor.ndim = property(lambda x: len(x.shape))


def numel(x):
    if graph.operators is not None:
        return total(x)
    return Unknown(f"{x.ref()}.numel()") if total(x) is None else Int(total(x), f"{x.ref()}.numel()")


Tensor.numel = Tensor.nelement = numel
Tensor.stride = lambda x, dim=None: tuple(x.stride(d) for d in range(len(x.shape))) if dim is None else Unknown(
    f"{x.ref()}.stride({dim})")
Tensor.element_size = lambda x: x.dtype.itemsize
Tensor.dtype = property(lambda x: x._dtype or float32)
Tensor.device = property(lambda x: device(x._device))
Tensor.is_cuda = property(lambda x: x._device == "cuda")
Tensor.is_contiguous = lambda x, **_: True
Tensor.get_device = lambda x: 0 if x.is_cuda else -1
Tensor.is_sparse, Tensor.is_leaf, Tensor.grad_fn, Tensor._version = False, True, None, 0
Tensor.is_floating_point = lambda x: x.dtype.is_floating_point


def is_tensor(x):
    return isinstance(x, Tensor)
