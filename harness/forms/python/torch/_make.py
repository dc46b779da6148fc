"""New tensors."""
from assay_trace import Tensor, Unsupported, graph, sizes, text_of
from torch._types import device, float32, int64, listed, method

default_device = device("cpu")


def set_default_device(place):
    global default_device
    default_device = device(str(place))


def options_of(kind, place):
    place = default_device if place is None else device(str(place))
    return f"torch::TensorOptions().dtype({(kind or float32).cpp}).device({place.cpp})"


def made(name, code, shape, kind, place="cuda"):
    """A tensor of no other."""
    if graph.operators is not None:
        raise Unsupported(f"the operator library has no `{name}`")
    return Tensor(code, shape, kind, device=place)


def factory(shape, cpp_name, value, kind, place):
    shape = listed(shape)
    # What __init__ makes moves to the device with the module.
    place = device("cuda") if not graph.running else place
    middle = "" if value is None else f", {text_of(value)}"
    kind = kind or (int64 if isinstance(value, int) and cpp_name == "full" and not graph.running else float32)
    text = device(str(place)).type if place is not None else default_device.type
    return made(cpp_name, lambda: f"torch::{cpp_name}({sizes(shape)}{middle}, {options_of(kind, place)})", shape, kind, text)


def define_factory(name):
    def function(*shape, size=None, dtype=None, device=None, **_):
        return factory(shape if size is None else (size,), name, None, dtype, device)

    def like(x, dtype=None, device=None, **_):
        kind = (dtype or x.dtype).cpp
        return method(x, lambda x: f"torch::{name}_like({x}, {x}.options().dtype({kind}))", kind=dtype or x.dtype,
                      op=(name + "_like",))

    def new(x, *shape, dtype=None, device=None, **_):
        shape = listed(shape)
        kind = (dtype or x.dtype).cpp
        return method(x, lambda x: f"torch::{name}({sizes(shape)}, {x}.options().dtype({kind}))", shape,
                      op=("new_" + name,))
    globals()[name] = function
    globals()[name + "_like"] = like
    setattr(Tensor, "new_" + name, new)


for _name in ("empty", "zeros", "ones"):
    define_factory(_name)


def full(shape, fill_value, dtype=None, device=None, **_):
    return factory((shape,), "full", fill_value, dtype or float32, device)


def full_like(x, fill_value, dtype=None, **_):
    return method(x, lambda x: f"torch::full_like({x}, {text_of(fill_value)})", op=("full_like",))


def arange(*bounds, dtype=None, device=None, **_):
    kind = dtype or (int64 if all(isinstance(b, int) for b in bounds) else float32)
    place = device if graph.running else "cuda"
    extent = len(range(*bounds)) if all(isinstance(b, int) for b in bounds) else None
    return made("arange", lambda: f"torch::arange({', '.join(text_of(b) for b in bounds)}, {options_of(kind, place)})",
                None if extent is None else (extent,), kind)


def tensor(values, dtype=None, device=None, **_):
    if isinstance(values, Tensor):
        return values
    flat = values if isinstance(values, (list, tuple)) else [values]
    if any(isinstance(v, (list, tuple)) for v in flat):
        raise Unsupported("torch.tensor of nested lists is not supported")
    kind = dtype or (float32 if any(isinstance(v, float) for v in flat) else int64)
    place = device if graph.running else "cuda"
    numbers = ", ".join(f"double({text_of(v)})" for v in flat)
    shape = (len(flat),) if isinstance(values, (list, tuple)) else ()
    text = f"torch::tensor(std::vector<double>{{{numbers}}}, "
    end = "" if shape else ".squeeze()"
    return made("tensor", lambda: f"{text}{options_of(kind, place)}){end}", shape, kind)


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
