"""Views: other shapes over the same elements. The library has no strides: there a permutation is a copy, and all others but
slices and repetitions are nothing ("reshape")."""
import math

from assay_trace import Int, Tensor, Unknown, Unsupported, call, cpp, graph, sizes, text_of
from torch._elementwise import where
from torch._types import bool_, dtype, filled, int64, listed, method, shape_of, total


def view(x, *shape):
    if len(shape) == 1 and isinstance(shape[0], dtype):
        return method(x, "{}.view(" + shape[0].cpp + ")", kind=shape[0])
    shape = listed(shape)
    return method(x, lambda x: f"{x}.view({sizes(shape)})", filled(shape, total(x)), op=("reshape",))


def reshape(x, *shape):
    shape = listed(shape)
    return method(x, lambda x: f"{x}.reshape({sizes(shape)})", filled(shape, total(x)), op=("reshape",))


def flatten(x, start_dim=0, end_dim=-1):
    shape = shape_of(x)
    if shape is not None:
        first, last = start_dim % len(shape), end_dim % len(shape)
        shape = list(shape[:first]) + [math.prod(shape[first:last + 1])] + list(shape[last + 1:])
    return method(x, lambda x: f"{x}.flatten({start_dim}, {end_dim})", shape, op=("reshape",))


def squeeze(x, dim=None):
    shape = shape_of(x)
    if shape is not None:
        shape = [s for i, s in enumerate(shape) if s != 1 or (dim is not None and i != dim % len(shape))]
    return method(x, lambda x: f"{x}.squeeze({'' if dim is None else dim})", shape, op=("reshape",))


def unsqueeze(x, dim):
    shape = shape_of(x)
    if shape is not None:
        shape = list(shape)
        shape.insert(dim % (len(shape) + 1), 1)
    return method(x, lambda x: f"{x}.unsqueeze({dim})", shape, op=("reshape",))


def transpose(x, a, b):
    shape, op = shape_of(x), None
    if shape is not None:
        order = list(range(len(shape)))
        order[a], order[b] = order[b], order[a]
        op = ("permute", *order)
        shape = [shape[d] for d in order]
    return method(x, lambda x: f"{x}.transpose({a}, {b})", shape, op=op)


def permute(x, *dims):
    dims = listed(dims)
    shape = shape_of(x)
    return method(x, lambda x: f"{x}.permute({sizes(dims)})", shape and [shape[d] for d in dims],
                  op=shape and ("permute", *[d % len(shape) for d in dims]))


def expand(x, *shape):
    shape = listed(shape)
    own = shape_of(x)
    result = None if own is None else [own[i - len(shape) + len(own)] if s == -1 else s for i, s in enumerate(shape)]
    return method(x, lambda x: f"{x}.expand({sizes(shape)})", result, op=("expand",))


def repeat(x, *times):
    times = listed(times)
    return method(x, lambda x: f"{x}.repeat({sizes(times)})", None)


def repeat_interleave(x, repeats, dim=None):
    shape = shape_of(x)
    if shape is None or dim is None or not isinstance(repeats, int):
        raise Unsupported("torch.repeat_interleave but of one known dimension is not supported")
    dim %= len(shape)
    wide = list(shape[:dim + 1]) + [repeats] + list(shape[dim + 1:])
    return reshape(expand(unsqueeze(x, dim + 1), wide), list(shape[:dim]) + [shape[dim] * repeats] + list(shape[dim + 1:]))


def select(x, dim, index):
    shape, op = shape_of(x), None
    if shape is not None:
        dim %= len(shape)
        if isinstance(index, int):
            op = ("slice", dim, index if isinstance(index, Int) or index >= 0 else index + shape[dim], 1, 1)
        shape = [s for i, s in enumerate(shape) if i != dim]
    return method(x, lambda x: f"{x}.select({dim}, {text_of(index)})", shape, op=op)


def narrow(x, dim, start, length):
    shape, op = shape_of(x), None
    if shape is not None:
        dim %= len(shape)
        shape = [length if i == dim else s for i, s in enumerate(shape)]
        op = ("slice", dim, start, length, 1)
    return method(x, lambda x: f"{x}.narrow({dim}, {text_of(start)}, {text_of(length)})", shape, op=op)


def sliced(x, dim, part):
    shape, op = shape_of(x), None
    if shape is not None:
        extent = extent_of(part, shape[dim])
        shape = None if extent is None else [extent if i == dim else s for i, s in enumerate(shape)]
        if extent is not None:
            start = part.start or 0
            op = ("slice", dim, start if start >= 0 else start + x._shape[dim], extent, part.step or 1)
    bounds = ", ".join("c10::nullopt" if b is None else text_of(b) for b in (part.start, part.stop))
    return method(x, lambda x: f"{x}.slice({dim}, {bounds}, {text_of(part.step or 1)})", shape, op=op)


def extent_of(part, whole):
    """How many elements a slice takes, with its C++ where the bounds are within the extent; None: nobody knows."""
    if any(isinstance(b, Unknown) for b in (part.start, part.stop, part.step)):
        return None
    count = len(range(int(whole))[part])
    start, stop = part.start or 0, whole if part.stop is None else part.stop
    stop = stop if stop >= 0 else whole + stop
    start = start if start >= 0 else whole + start
    symbolic = stop - start
    return symbolic if (part.step or 1) == 1 and int(symbolic) == count else count


def index(x, key):
    keys = list(key) if isinstance(key, tuple) else [key]
    if Ellipsis in [k for k in keys if not isinstance(k, Tensor)]:
        if shape_of(x) is None:
            raise Unsupported("it indexes with ... a tensor whose shape only the extension knows")
        at = next(i for i, k in enumerate(keys) if k is Ellipsis)
        taken = len([k for k in keys if k is not None]) - 1
        keys[at:at + 1] = [slice(None)] * (len(shape_of(x)) - taken)
    dim = 0
    for k in keys:
        if k is None:
            x, dim = unsqueeze(x, dim), dim + 1
        elif isinstance(k, slice):
            x = x if k == slice(None) else sliced(x, dim, k)
            dim += 1
        elif isinstance(k, (int, Unknown)):
            x = select(x, dim, k)
        elif isinstance(k, Tensor) and k._dtype is not bool_ and len([t for t in keys if isinstance(t, Tensor)]) == 1:
            x, dim = selected_at(x, dim, k), dim + len(k.shape)
        else:
            raise Unsupported(f"indexing with a {type(k).__name__} (a mask or a list of places) is not supported: write it as a "
                              "kernel")
    return x


def selected_at(x, dim, places):
    """x with the elements at `places` along a dimension, which become dimensions in its place."""
    shape, of_places = shape_of(x), shape_of(places)
    if of_places is None or (len(of_places) != 1 and shape is None):
        raise Unsupported("it indexes with a tensor whose shape only the extension knows")
    if len(of_places) == 1:
        return index_select(x, dim, places)
    taken = index_select(x, dim, flatten(places) if of_places else unsqueeze(places, 0))
    return reshape(taken, *shape[:dim], *of_places, *shape[dim + 1:])


def index_select(x, dim, index):
    shape = shape_of(x)
    if shape is not None and shape_of(index) is not None:
        dim %= len(shape)
        shape = [shape_of(index)[0] if i == dim else s for i, s in enumerate(shape)]
    return method(x, lambda x: f"{x}.index_select({dim}, {cpp(index)})", shape)


def gather(x, dim, index, *, sparse_grad=False):
    return method(x, lambda x: f"{x}.gather({dim}, {cpp(index)})", shape_of(index))


def take_along_dim(x, indices, dim):
    return gather(x, dim, indices)


def flip(x, *dims):
    dims = listed(dims)
    op = ("flip", dims[0] % len(x._shape)) if len(dims) == 1 and x._shape else None
    return method(x, lambda x: f"{x}.flip({sizes(dims)})", op=op)


class TopK:
    """What torch.topk gives: values and indices."""

    def __init__(self, x, name, shape):
        self.values = Tensor(lambda: f"std::get<0>({name})", shape, x._dtype)
        self.indices = Tensor(lambda: f"std::get<1>({name})", shape, int64)

    def __getitem__(self, index):
        return (self.values, self.indices)[index]

    def __iter__(self):
        return iter((self.values, self.indices))


def topk(x, k, dim=-1, largest=True, sorted=True):
    if graph.operators is not None:
        raise Unsupported("the operator library has no `topk`")
    shape = shape_of(x)
    shape = shape and [k if i == dim % len(shape) else s for i, s in enumerate(shape)]
    name, code = graph.name(), f"{x.ref()}.topk({text_of(k)}, {dim}, {cpp(largest)})"
    graph.emit(f"auto {name} = {code};")
    return TopK(x, name, shape)


def triu(x, diagonal=0):
    return method(x, lambda x: f"{x}.triu({text_of(diagonal)})", shape_of(x))


def tril(x, diagonal=0):
    return method(x, lambda x: f"{x}.tril({text_of(diagonal)})", shape_of(x))


def sort(x, dim=-1, descending=False, stable=False):
    if shape_of(x) is None:
        raise Unsupported("torch.sort of a tensor whose shape only the extension knows is not supported")
    return topk(x, shape_of(x)[dim], dim, descending)


def argsort(x, dim=-1, descending=False, stable=False):
    return sort(x, dim, descending).indices


def set_index(x, key, value):
    """x[key] = value: a copy to a view; with a mask, of what it says."""
    if x.is_parameter():
        return
    if isinstance(key, Tensor) and key._dtype is bool_:
        for _ in range(len(x.shape) - len(key.shape)):
            key = unsqueeze(key, -1)
        filled = where(key, value, x)
        graph.emit(f"{x.ref()}.copy_({filled.ref()});")
        return
    part = index(x, key).ref()
    graph.emit(f"{part}.copy_({cpp(value)});" if isinstance(value, Tensor) else f"{part}.fill_({text_of(value)});")


def chunk(x, chunks, dim=0):
    shape = shape_of(x)
    if shape is None:
        raise Unsupported("torch.chunk of a tensor whose shape only the extension knows is not supported")
    return split(x, (shape[dim] + chunks - 1) // chunks, dim)


def split(x, size, dim=0):
    shape = shape_of(x)
    if shape is None or not isinstance(size, int):
        raise Unsupported("torch.split into parts of unknown sizes is not supported")
    parts = range(-(-int(shape[dim]) // int(size)))
    return tuple(narrow(x, dim, size * i if i else 0, min(size, shape[dim] - size * i)) for i in parts)


def cat(tensors, dim=0, axis=None):
    tensors, dim = list(tensors), dim if axis is None else axis
    shapes = [shape_of(x) for x in tensors]
    shape, op = None, None
    if None not in shapes:
        dim %= len(shapes[0])
        shape = list(shapes[0])
        shape[dim] = sum(s[dim] for s in shapes)
        op = "concatenate", tensors, [dim]
    return call(lambda: f"torch::cat({cpp(tensors)}, {dim})", shape, tensors[0]._dtype, op)


def stack(tensors, dim=0):
    return call(lambda: f"torch::stack({cpp(list(tensors))}, {dim})", None, list(tensors)[0]._dtype)


concat = cat
for _function in (view, reshape, flatten, squeeze, unsqueeze, transpose, permute, expand, repeat, repeat_interleave, select,
                  narrow, chunk, split, index_select, gather, flip, topk, sort, argsort, triu, tril):
    setattr(Tensor, _function.__name__, _function)
Tensor.__getitem__ = index
Tensor.__setitem__ = set_index
Tensor.view_as = lambda x, other: view(x, *other.shape)
Tensor.reshape_as = lambda x, other: reshape(x, *other.shape)
Tensor.expand_as = lambda x, other: expand(x, *other.shape)
Tensor.t = lambda x: transpose(x, 0, 1)
Tensor.T = property(lambda x: transpose(x, 0, 1))
Tensor.mT = property(lambda x: transpose(x, -2, -1))
swapaxes = Tensor.swapaxes = transpose
