"""Symbols for what a Python program computes with: tensors, sizes and numbers that write down C++ as they are used.

A KernelBench file is a program that calls functions of an extension. It is run once for each workload, with tensors that
hold no data: each operation on one becomes a line of C++ over the same API (`torch::`), which is what the recorder then
takes. A size or a number whose value the workload tells is an ordinary int or float, so that Python can decide and loop
on it, and carries the C++ that computes it, so that one text serves all workloads. Of what an extension's function gives
back nothing is known but its C++.

Tensors are lazy until `forward` runs, so that what `__init__` makes and nobody uses leaves no trace.
"""
import json
import math
import opcode
import sys
import traceback

MOST_LINES = 4096
FILE = "candidate.py"  # the name that the candidate's code is compiled under


class Unsupported(Exception):
    """What the file does cannot be written down."""


class Absent(Unsupported, AttributeError):
    """A name that the stand-in for PyTorch does not have; `hasattr` may ask for it."""


# Numbers


def literal(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value)) + ("LL" if abs(value) >= 2**31 else "")
    if math.isinf(value):
        return "INFINITY" if value > 0 else "-INFINITY"
    return "NAN" if math.isnan(value) else repr(float(value))


def text_of(value):
    """The C++ of a number."""
    return getattr(value, "expr", None) or literal(value)


def known(value):
    return isinstance(value, (int, float))


def arithmetic(symbol, compute, a, b):
    if isinstance(a, Tensor) or isinstance(b, Tensor):
        return NotImplemented
    if not (known(a) or isinstance(a, Unknown)) or not (known(b) or isinstance(b, Unknown)):
        return NotImplemented
    left, right = text_of(a), text_of(b)
    below = known(a) and a < 0  # Python rounds down, C++ to zero
    if symbol == "/":
        expr = f"(double({left}) / {right})"
    elif symbol == "//":
        expr = f"(-((-{left} + {right} - 1) / {right}))" if below else f"({left} / {right})"
    elif symbol == "%" and below:
        expr = f"(({left} % {right} + {right}) % {right})"
    elif (symbol, left) in (("*", "1"), ("+", "0")):
        expr = right
    elif (symbol, right) in (("*", "1"), ("+", "0"), ("-", "0")):
        expr = left
    else:
        expr = f"({left} {symbol} {right})"
    if not (known(a) and known(b)):
        return Unknown(expr)
    value = compute(a, b)
    return Real(value, expr) if isinstance(value, float) else Int(value, expr)


def with_arithmetic(cls):
    operations = {"add": ("+", lambda a, b: a + b), "sub": ("-", lambda a, b: a - b), "mul": ("*", lambda a, b: a * b),
                  "truediv": ("/", lambda a, b: a / b), "floordiv": ("//", lambda a, b: a // b),
                  "mod": ("%", lambda a, b: a % b)}
    for name, (symbol, compute) in operations.items():
        def forwards(self, other, symbol=symbol, compute=compute):
            return arithmetic(symbol, lambda a, b: compute(base_value(a), base_value(b)), self, other)

        def backwards(self, other, symbol=symbol, compute=compute):
            return arithmetic(symbol, lambda a, b: compute(base_value(a), base_value(b)), other, self)
        setattr(cls, f"__{name}__", forwards)
        setattr(cls, f"__r{name}__", backwards)
    return cls


def base_value(value):
    return int(value) if isinstance(value, int) else float(value)


class Int(int):
    """An integer that the workload tells, and the C++ that says it for every workload."""

    def __new__(cls, value, expr):
        self = super().__new__(cls, value)
        self.expr = expr
        return self

    def __neg__(self):
        return Int(-int(self), f"(-{self.expr})")


class Real(float):
    def __new__(cls, value, expr):
        self = super().__new__(cls, value)
        self.expr = expr
        return self

    def __neg__(self):
        return Real(-float(self), f"(-{self.expr})")


class Unknown:
    """A number that only the running program knows."""

    def __init__(self, expr):
        self.expr = expr

    def refuse(self, *_):
        raise Unsupported("it decides on a number that is known only when the extension's function has run, or computes with "
                          "it in another way than + - * / ** can say")

    __bool__ = __index__ = __int__ = __float__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = refuse
    __hash__ = None

    def __neg__(self):
        return Unknown(f"(-{self.expr})")

    def __pow__(self, exponent):
        return Unknown(f"std::pow({self.expr}, double({text_of(exponent)}))")


for _class in (Int, Real, Unknown):
    with_arithmetic(_class)


def unpacked_count():
    """How many values the statement two frames up unpacks to, from its bytecode; None: it does something else."""
    frame = sys._getframe(2)
    code, at = frame.f_code.co_code, frame.f_lasti
    if opcode.opname[code[at]] == "UNPACK_SEQUENCE":
        return code[at + 1]
    return None


# What is written down


class Graph:
    def __init__(self):
        self.lines = []
        self.count = 0
        self.running = False   # forward is
        self.operators = None  # of the operator library, where a reference is written down (assay_reference.py)
        self.numbers = {}      # the task's, for what a layer is not told: its eps

    def emit(self, line):
        if self.operators is not None:
            raise Unsupported("it writes into a tensor (" + line.split("(")[0] + "), which no reference can")
        if len(self.lines) >= MOST_LINES:
            raise Unsupported(f"forward does more than {MOST_LINES} operations one after the other: it loops over a long axis")
        self.lines.append(line)

    def name(self):
        self.count += 1
        return f"t{self.count}"


graph = Graph()


def begin():
    """A new trace."""
    graph.__init__()


def told(name, given, otherwise):
    """What a layer is told, else the task's number of that name, else PyTorch's default."""
    return given if given is not None else graph.numbers.get(name, otherwise)


def not_initialised():
    raise Unsupported("it computes with a torch.Tensor(...) that is not initialised and no parameter")


class Tensor:
    """`make` gives the C++ that computes it; `shape` is a tuple of numbers, or None where nobody knows. `op` says the
    same in terms of the operator library: (its name there, its tensors, its numbers); None: the library has none."""

    op = None

    def __init__(self, make, shape=None, dtype=None, name=None, device="cuda", op=None):
        if isinstance(make, int):  # torch.Tensor(2, 3): memory as it is
            extents = [make] + [extent for extent in (shape, dtype, name) if extent is not None]
            make, shape, dtype, name = not_initialised, extents, None, None
        self._make, self._name, self._dtype, self._device, self.op = make, name, dtype, device, op
        self._shape = None if shape is None else tuple(shape)
        self.requires_grad = False
        self.grad = None
        if graph.running:
            self.ref()

    def ref(self):
        """Its C++ variable."""
        if self._name is None:
            code = self._make()
            self._name = graph.name()
            graph.emit(f"auto {self._name} = {code};")
        return self._name

    def is_parameter(self):
        """Whether its values are the task's to say, whatever __init__ does."""
        return self._make is None and self._name is None

    def __iter__(self):
        if self._shape:
            return iter([self[i] for i in range(self._shape[0])])
        count = unpacked_count()
        if count is None:
            raise Unsupported("it iterates over a tensor whose shape only the extension knows")
        return iter([self[i] for i in range(count)])

    def decided(self, *_):
        raise Unsupported("it decides on a tensor's values")

    __bool__ = __int__ = __float__ = __index__ = __lt__ = __le__ = __gt__ = __ge__ = decided
    __hash__ = object.__hash__

    def __len__(self):
        if self._shape is None:
            raise Unsupported("it asks for the length of a tensor whose shape only the extension knows")
        return self._shape[0]


class UnknownShape:
    def __init__(self, tensor):
        self.tensor = tensor

    def __getitem__(self, index):
        if isinstance(index, slice):
            raise Unsupported("it slices a shape that only the extension knows")
        return Unknown(f"{self.tensor.ref()}.size({int(index)})")

    def __iter__(self):
        count = unpacked_count()
        if count is None:
            raise Unsupported("it iterates over a shape that only the extension knows")
        return iter([self[i] for i in range(count)])

    def __len__(self):
        raise Unsupported("it asks for the rank of a tensor whose shape only the extension knows")


class Results:
    """What an extension's function that gives several tensors gives."""

    def __init__(self, name, is_tuple):
        self.name, self.is_tuple, self.elements = name, is_tuple, {}

    def __getitem__(self, index):
        if index not in self.elements:
            code = f"std::get<{index}>({self.name})" if self.is_tuple else f"{self.name}[{index}]"
            self.elements[index] = Tensor(lambda: code)
        return self.elements[index]

    def __iter__(self):
        count = unpacked_count()
        if count is None:
            raise Unsupported("it iterates over an extension's results, whose number is not known")
        return iter([self[i] for i in range(count)])

    def ref(self):
        return self.name


def cpp(value):
    """An argument as C++."""
    if isinstance(value, (Tensor, Results)):
        return value.ref()
    if value is None:
        return "{}"
    if isinstance(value, (int, float, Unknown)):
        return text_of(value)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, (list, tuple)):
        items = ", ".join(cpp(item) for item in value)
        if value and all(isinstance(item, Tensor) for item in value):
            return f"std::vector<torch::Tensor>{{{items}}}"
        if any(isinstance(item, float) for item in value):
            return f"std::vector<double>{{{items}}}"
        return f"std::vector<int64_t>{{{items}}}"
    if hasattr(value, "cpp"):  # an element type, a device
        return value.cpp
    raise Unsupported(f"it passes a {type(value).__name__} to the extension")


def sizes(values):
    """A list of integers as C++."""
    return "{" + ", ".join(text_of(value) for value in values) + "}"


def call(code, shape=None, dtype=None, op=None):
    """A new tensor; `code` gives its C++ when it is needed."""
    if graph.operators is not None and (op is None or op[0] not in graph.operators):
        what = op[0] if op else sys._getframe(1).f_code.co_name
        if what in ("method", "<lambda>"):
            what = sys._getframe(2).f_code.co_name
        raise Unsupported(f"the operator library has no `{what}`")
    return Tensor(code, shape, dtype, op=op)


# What goes back


def place(error):
    """The last line of the candidate that led to an error."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == FILE]
    return lines[-1] if lines else 0


def answered(convert, text):
    """convert(request), or whose fault it is that there is nothing, both as JSON."""
    request = json.loads(text)
    try:
        return json.dumps(convert(request))
    except SyntaxError as error:
        fault = {"kind": "syntax", "what": f"no Python: {error.msg}", "line": error.lineno or 0}
    except Unsupported as error:
        fault = {"kind": "unsupported", "what": str(error), "line": place(error)}
    except ModuleNotFoundError as error:
        hint = "; `assay import triton` takes kernels of Triton" if error.name and error.name.startswith("triton") else ""
        fault = {"kind": "unsupported", "what": f"it needs the Python module `{error.name}`, which is not here: there are the "
                 f"standard library and a stand-in for torch{hint}", "line": place(error)}
    except RecursionError:
        fault = {"kind": "error", "what": "RecursionError", "line": 0}
    except (Exception, SystemExit, KeyboardInterrupt) as error:
        fault = {"kind": "error", "what": f"{type(error).__name__}: {error}", "line": place(error)}
    return json.dumps({"fault": fault})
