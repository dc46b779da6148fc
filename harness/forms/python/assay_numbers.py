"""Which number of a KernelBench file is which axis or scalar of the task: by names, by where it stands in a shape, by value."""
import inspect
import re

from assay_trace import Int, Real, Tensor
from torch.nn import Module

LITERAL = "assay_literal_"  # how the names of numbers begin that stand in the text of get_inputs() and get_init_inputs()


def stripped(name):
    name = re.sub(r"_", "", name.lower())
    for word in ("size", "dim", "num", "value"):
        name = name.replace(word, "") or name
    return name


# Other names of the task's axes and scalars, without "size", "dim", "num" and "value".
OTHERS = {
    "batch": "n b", "infeatures": "input", "outfeatures": "hidden output",
    "factor": "scalingfactor scalefactor scale scaling multiplier multiply mul", "slope": "negativeslope",
    "divisor": "divideby divide div", "offset": "subtract sub", "offset1": "subtract1", "offset2": "subtract2",
    "added": "add", "limit": "constant", "p": "dropoutp dropout dropoutprob",
    "eps": "epsilon bneps lneps gneps normeps",
    "low": "min clampmin hardtanhmin minval lower lo", "high": "max clampmax hardtanhmax maxval upper hi",
}
MEANT = {other: name for name, others in OTHERS.items() for other in others.split()}


def plain(name):
    name = stripped(name)
    return MEANT.get(name, name)


def alike(name, numbers):
    """Which of the task's numbers is meant by a name of the file's; hidden_size is hidden_features before it is out_features."""
    own = (stripped(name), stripped(name) + "features")
    return next((n for n in numbers if stripped(n) in own), None) or next((n for n in numbers if plain(n) == plain(name)), None)


def fits(tensor, expressions, mapping):
    """Whether a tensor of get_inputs() can be the input of that shape, as far as its numbers are known."""
    known = [(mapping.get(getattr(extent, "expr", "")), expression) for extent, expression in zip(tensor._shape, expressions)]
    return len(tensor._shape) == len(expressions) and all(axis in (None, expression) for axis, expression in known)


def find_overrides(request, names, defaults):
    """Which number of the file is which axis or scalar of the task."""
    mapping = {}
    expressions = [shape for _, shape in request["shapes"]]
    if "get_inputs" in names:
        drawn = [x for x in names["get_inputs"]() if isinstance(x, Tensor)]
        free = list(range(len(expressions)))
        for at, tensor in enumerate(drawn):
            place = next((i for i in free if fits(tensor, expressions[i], mapping)), at)
            if place >= len(expressions) or len(tensor._shape) != len(expressions[place]):
                continue
            free = [i for i in free if i > place]
            for extent, expression in zip(tensor._shape, expressions[place]):
                if expression in request["numbers"] and re.fullmatch(r"\w+", getattr(extent, "expr", "")):
                    mapping.setdefault(extent.expr, expression)
    free = [name for name in request["numbers"] if name not in mapping.values()]
    own = {name: value for name, value in names.items() if type(value) in (int, float, Int, Real) and name not in mapping}
    for name in own:
        match = alike(name, free)
        if match:
            mapping[name] = match
            free.remove(match)
    for number, axis in constructor_axes(request, names):
        if mapping.setdefault(number, axis) == axis and axis in free:
            free.remove(axis)
    own = {name: value for name, value in own.items() if not name.startswith(LITERAL)}
    for name in free:
        same = [key for key, value in own.items() if key not in mapping and value == defaults.get(name) and value not in (0, 1)]
        if len(same) == 1:
            mapping[same[0]] = name
    return mapping


def axis_named(name, numbers):
    """The axis or scalar of the task that a parameter's name says; None: none."""
    match = name if name in numbers else alike(name, numbers)
    if match is None and name in ("num_features", "features", "num_channels") and "channels" in numbers:
        match = "channels"
    return match


def constructor_axes(request, names):
    """Which number of get_init_inputs() is which axis or scalar, as the constructor's parameters say."""
    cls = names.get(request["class"]) or names.get("Model")
    if "get_init_inputs" not in names or not isinstance(cls, type) or cls.__init__ is Module.__init__:
        return []
    given = names["get_init_inputs"]()
    parameters = list(inspect.signature(cls.__init__).parameters)[1:]
    pairs = zip(parameters, given if isinstance(given, (list, tuple)) else [given])
    found = [(getattr(value, "expr", ""), axis_named(parameter, request["numbers"])) for parameter, value in pairs]
    return [(number, axis) for number, axis in found if axis and re.fullmatch(r"[a-zA-Z_]\w*", number)]


def reduced_dimension(workload):
    """The dimension that the output lacks or has as 1; where shapes leave a choice, 1 (plan/torch_match.cpp does the same)."""
    first = [int(s) for s in workload.inputs[0][2]]
    result = [int(s) for s in workload.outputs[0][1]]
    order = [1, 0] + list(range(2, len(first)))
    for at in order[:len(first)]:
        if len(first) > 1 and result in (first[:at] + first[at + 1:], first[:at] + [1] + first[at + 1:], first):
            return at
    return None


def reference_constants(text):
    """Attributes of windows in the task's reference, in order: `.stride = 2`, `.kernel = {2, 3}`."""
    constants = {}
    for name, one, several in re.findall(r"\.(\w+) = (?:(\d+)|\{([\d, ]+)\})", text):
        constants.setdefault(name, []).append(int(one) if one else tuple(int(v) for v in several.split(",")))
    return constants


def constructor_value(name, workload, constants):
    """What the task says a parameter of ModelNew's constructor is; None: nothing."""
    match = axis_named(name, workload.numbers)
    if match:
        return workload.numbers[match]
    weights = [shape for _, _, shape in workload.inputs if len(shape) > 2][1:]
    if "pool" in name and ("kernel" in name or "size" in name) and "kernel" in constants:
        return constants["kernel"][0]
    if name == "kernel_size" and weights:
        kernel = tuple(weights[0][2:])
        return kernel[0] if len(set(kernel)) == 1 else kernel
    if name == "kernel_size" and "kernel" in constants:
        return constants["kernel"][0]
    if name in constants:
        return constants[name][0]
    if name.endswith("_shape") and "norm" in name:  # what the parameters of a layer normalisation span
        first = list(workload.inputs[0][2])
        shapes = [list(shape) for _, _, shape in workload.inputs[1:]]
        spans = [shape for shape in shapes if 0 < len(shape) < len(first) and shape == first[-len(shape):]]
        vectors = [shape for shape in shapes if len(shape) == 1]
        return tuple((spans or vectors[-1:])[0]) if spans or vectors else None
    if name.endswith("_shape"):  # (channels, 1, 1), of the input that a channel's parameter is
        rank = len(workload.inputs[0][2])
        vectors = [shape for _, _, shape in workload.inputs[1:] if len([s for s in shape if s != 1]) == 1]
        if vectors:
            extent = max(vectors[-1])
            axis = next((n for n, v in workload.numbers.items() if v == extent and n.startswith("out_")), None)
            return (workload.numbers[axis] if axis else extent,) + (1,) * (rank - 2)
    return None
