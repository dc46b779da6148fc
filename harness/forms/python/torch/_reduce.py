"""Reductions, softmax and products."""
from assay_trace import Tensor, Unsupported, call, cpp, sizes, text_of
from torch._elementwise import abs, maximum, minimum, square  # noqa: F401
from torch._surroundings import submodule
from torch._types import broadcast, int64, method, promoted, reduced, shape_of


def reduction(x, code, name, dims, keep):
    """The library reduces neighbouring dimensions, and leaves them out of the result."""
    op = None
    if x._shape is not None and len(x._shape) > 0:
        rank = len(x._shape)
        over = sorted(d % rank for d in (range(rank) if dims is None else dims))
        if over == list(range(over[0], over[-1] + 1)):
            op = (name, over[0], over[-1])
    return method(x, code, reduced(x, dims, keep), op=op)


def define_reduction(name, cpp_name):
    def function(x, dim=None, keepdim=False, dtype=None, axis=None):
        dim = axis if dim is None else dim
        dims = None if dim is None else [dim] if isinstance(dim, int) else list(dim)
        if dtype is not None and dtype is not x._dtype:
            x = x.to(dtype)
        arguments = "" if dims is None else f"{sizes(dims)}, {cpp(keepdim)}"
        return reduction(x, lambda x: f"{x}.{cpp_name}({arguments})", name, dims, keepdim)
    globals()[name] = function
    setattr(Tensor, name, function)


for _name in ("sum", "mean", "amax", "amin", "prod"):
    define_reduction(_name, _name)


def listed_dims(x, dim):
    return list(range(len(x.shape))) if dim is None else [dim] if isinstance(dim, int) else list(dim)


def define_spread(name):
    def function(x, dim=None, unbiased=True, keepdim=False, *, correction=None):
        if isinstance(dim, bool):
            dim, unbiased = None, dim
        unbiased = unbiased if correction is None else bool(correction)
        dims = listed_dims(x, dim)
        return reduction(x, lambda x: f"{x}.{name}({sizes(dims)}, {cpp(unbiased)}, {cpp(keepdim)})", name, dims, keepdim)
    globals()[name] = function
    setattr(Tensor, name, function)


for _name in ("var", "std"):
    define_spread(_name)


def var_mean(x, dim=None, unbiased=True, keepdim=False, *, correction=None):
    return var(x, dim, unbiased, keepdim, correction=correction), mean(x, dim, keepdim)  # noqa: F821


def std_mean(x, dim=None, unbiased=True, keepdim=False, *, correction=None):
    return std(x, dim, unbiased, keepdim, correction=correction), mean(x, dim, keepdim)  # noqa: F821


def norm(x, p=2, dim=None, keepdim=False, dtype=None):
    p = 2 if p == "fro" else p
    if p not in (1, 2):
        raise Unsupported(f"a norm with p = {p} is not supported")
    return sum(abs(x), dim, keepdim) if p == 1 else sum(square(x), dim, keepdim).sqrt()  # noqa: F821


def vector_norm(x, ord=2, dim=None, keepdim=False, dtype=None):
    return norm(x, ord, dim, keepdim)


linalg = submodule("linalg", vector_norm=vector_norm, norm=lambda x, ord=None, dim=None, keepdim=False: norm(
    x, 2 if ord is None else ord, dim, keepdim))


def define_place(name):
    def function(x, dim=None, keepdim=False):
        if dim is None:
            return function(x.flatten(), 0)
        return method(x, lambda x: f"{x}.{name}({text_of(dim)}, {cpp(keepdim)})", reduced(x, [dim], keepdim), int64,
                      op=along(name, x, dim))
    globals()[name] = function
    setattr(Tensor, name, function)


for _name in ("argmax", "argmin"):
    define_place(_name)


def define_scan(name):
    def function(x, dim, dtype=None):
        return method(x, lambda x: f"{x}.{name}({text_of(dim)})", op=along(name, x, dim))
    globals()[name] = function
    setattr(Tensor, name, function)


for _name in ("cumsum", "cumprod"):
    define_scan(_name)


def logsumexp(x, dim, keepdim=False):
    dims = [dim] if isinstance(dim, int) else list(dim)
    return reduction(x, lambda x: f"torch::logsumexp({x}, {sizes(dims)}, {cpp(keepdim)})", "logsumexp", dims, keepdim)


def define_extreme(name):
    def function(x, dim=None, keepdim=False):
        if isinstance(dim, Tensor):
            return (maximum if name == "max" else minimum)(x, dim)
        if dim is None:
            return reduction(x, "{}." + name + "()", "a" + name, None, False)
        values = reduction(x, lambda x: f"{x}.a{name}({sizes([dim])}, {cpp(keepdim)})", "a" + name, [dim], keepdim)
        return Extreme(values, lambda: globals()["arg" + name](x, dim, keepdim))
    globals()[name] = function
    setattr(Tensor, name, function)


class Extreme:
    """Values and indices; the indices are found where they are used."""

    def __init__(self, values, find):
        self.values, self.find = values, find

    @property
    def indices(self):
        return Later(self.find)

    def __getitem__(self, index):
        return self.values if index == 0 else self.indices

    def __iter__(self):
        return iter((self.values, self.indices))


class Later(Tensor):
    """A tensor that nothing is written down for until it is used."""

    def __init__(self, find):
        self.find, self.found = find, None

    def __getattr__(self, name):
        if name.startswith("__") or name in ("find", "found"):
            raise AttributeError(name)
        return getattr(self.tensor(), name)

    def tensor(self):
        self.found = self.found or self.find()
        return self.found

    def ref(self):
        return self.tensor().ref()


for _name in ("max", "min"):
    define_extreme(_name)


def softmax(x, dim=-1, dtype=None):
    x = x if dtype is None else x.to(dtype)
    return method(x, lambda x: f"{x}.softmax({text_of(dim)})", op=along("softmax", x, dim))


def log_softmax(x, dim=-1, dtype=None):
    x = x if dtype is None else x.to(dtype)
    return method(x, lambda x: f"{x}.log_softmax({text_of(dim)})", op=along("log_softmax", x, dim))


def along(name, x, dim):
    return (name, dim % len(x._shape)) if x._shape else None


def matmul(a, b):
    shape, op = None, None
    if shape_of(a) is not None and shape_of(b) is not None and len(shape_of(b)) >= 2:
        batch = shape_of(a)[:-2]
        if len(shape_of(b)) > 2 and len(shape_of(a)) >= 2:
            batch = broadcast(Tensor(None, shape_of(a)[:-2]), Tensor(None, shape_of(b)[:-2]))
        shape = None if batch is None else list(batch) + list(shape_of(a)[-2:-1]) + [shape_of(b)[-1]]
        if len(shape_of(a)) >= 2 and (len(shape_of(b)) == 2 or shape_of(a)[:-2] == shape_of(b)[:-2]):
            op = "matmul", [a, b], []
    elif shape_of(a) is not None and shape_of(b) is not None:
        shape = list(shape_of(a)[:-1])
    return call(lambda: f"torch::matmul({cpp(a)}, {cpp(b)})", shape, a._dtype and b._dtype and promoted(a._dtype, b._dtype), op)


mm = bmm = matmul


def addmm(sum, a, b, *, beta=1, alpha=1):
    product = matmul(a, b) if alpha == 1 else matmul(a, b) * alpha
    return product if beta == 0 else product + (sum if beta == 1 else sum * beta)


baddbmm = addmm


def dot(a, b):
    return sum(a * b)  # noqa: F821


def mv(a, b):
    return matmul(a, b.unsqueeze(1)).squeeze(1)


def outer(a, b):
    return a.unsqueeze(1) * b.unsqueeze(0)


def einsum(equation, *operands):
    """Of two operands that are a product of matrices as they stand."""
    operands = operands[0] if len(operands) == 1 else operands
    terms, _, result = equation.replace(" ", "").partition("->")
    a, _, b = terms.partition(",")
    product = len(operands) == 2 and len(b) >= 2 and a[-1] == b[-2] and result == a[:-1] + b[-1] and \
        (len(b) == 2 or b[:-2] == a[:-2]) and a[-1] not in result
    if not product:
        raise Unsupported(f"torch.einsum of \"{equation}\" is not supported: only what torch.matmul does as it is")
    return matmul(*operands)


for _name, _function in {"logsumexp": logsumexp, "softmax": softmax, "log_softmax": log_softmax, "matmul": matmul,
                         "mm": matmul, "bmm": matmul, "__matmul__": matmul, "norm": norm, "dot": dot, "mv": mv,
                         "addmm": addmm, "baddbmm": baddbmm, "outer": outer}.items():
    setattr(Tensor, _name, _function)
