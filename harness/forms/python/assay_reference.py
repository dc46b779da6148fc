"""What a program computed, written down over the operator library (reference/ops): the reference of a task.

Each tensor knows the library's operator that makes it, its operands and its numbers (assay_trace.Tensor.op). How an operator
is called is the library's table, `operators`: name to header and call, with in0, in1, ... for tensors, n0, ... for numbers,
`out` for the result's memory, T for the first operand's type and A for what T is added up in. What only moves elements is
here, since it takes shapes instead of numbers.
"""
import math
import re

from assay_trace import Unsupported, text_of
from torch import _types

ELEMENTS = {"float64": "f64", "float32": "f32", "float16": "f16", "bfloat16": "bf16", "int64": "long long", "int32": "int",
            "int16": "short", "int8": "signed char", "uint8": "unsigned char", "bool": "bool"}
LAYOUT = {"reshape": None, "convert": "elementwise", "permute": "layout", "expand": "layout", "slice": "layout",
          "concatenate": "layout"}
KEYWORDS = set("alignas auto bool break case catch char class const continue default delete do double else enum explicit "
               "export extern false float for friend goto if inline int long mutable namespace new operator private "
               "protected public register return short signed sizeof static struct switch template this throw true try "
               "typedef typename union unsigned using virtual void volatile while solve ops".split())


def plain(name):
    return name + "_" if name in KEYWORDS else name


def number(value):
    if isinstance(value, float) and math.isinf(value):
        return "__int_as_float(0x7f800000)" if value > 0 else "-__int_as_float(0x7f800000)"
    return text_of(value)


def extents(shape):
    return ", ".join(text_of(extent) for extent in shape)


def same_shape(a, b):
    return [int(x) for x in a] == [int(x) for x in b]


class Writer:
    """Lines of C++ for tensors, each written once."""

    def __init__(self, operators):
        self.operators, self.headers, self.lines, self.names, self.uses = operators, set(), [], {}, {}

    def input(self, tensor, name, parameter):
        self.names[id(tensor)] = name
        shape = f", {extents(tensor._shape)}" if tensor._shape else ""
        self.lines.append(f"const auto {name} = tensor({parameter}{shape});")

    def count(self, tensor):
        """How often each tensor is used."""
        self.uses[id(tensor)] = self.uses.get(id(tensor), 0) + 1
        if self.uses[id(tensor)] == 1 and tensor.op:
            for operand in tensor.op[1]:
                self.count(operand)

    def write(self, tensor, out=None):
        """The tensor's name; `out`: the parameter that it is to be written to."""
        if id(tensor) in self.names:
            return self.names[id(tensor)]
        code = self.code(tensor, out)
        if out and self.uses[id(tensor)] == 1:
            self.lines.append(f"{code};")
            return out
        name = self.names[id(tensor)] = f"t{len(self.lines) + 1}"
        self.lines.append(f"const auto {name} = {code};")
        return name

    def output(self, tensor, out):
        source = tensor
        while source.op and source.op[0] == "reshape" and source.op[1][0].op and self.uses[id(source)] == 1:
            source = source.op[1][0]  # the same elements in the same order
        if id(source) in self.names or source.op is None or source.op[0] == "reshape":
            self.headers.add("elementwise")
            self.lines.append(f"convert<{ELEMENTS[tensor._dtype.name]}>({self.write(source)}, {out});")
        else:
            self.write(source, out)

    def operand(self, tensor, kind, transposable=False):
        """An operand of the result's type. A matrix product reads transposed matrices as they are."""
        op = tensor.op
        if transposable and op and op[0] == "permute" and id(tensor) not in self.names and tensor._dtype is kind:
            rank = len(op[2])
            if op[2] == list(range(rank - 2)) + [rank - 1, rank - 2]:
                return f"transposed({self.write(op[1][0])})"
        name = self.write(tensor)
        if kind is None or tensor._dtype is kind:
            return name
        self.headers.add("elementwise")
        return f"convert<{ELEMENTS[kind.name]}>({name})"

    def code(self, tensor, out):
        name, operands, numbers = tensor.op
        result = ELEMENTS[tensor._dtype.name]
        header = LAYOUT[name] if name in LAYOUT else self.operators[name][0]
        if header:
            self.headers.add(header)
        if name in LAYOUT:
            return self.layout(name, operands, numbers, tensor, result, out)
        kind = tensor._dtype
        words = {"T": result, "R": result, "A": result if result in ("f32", "f64") else f"accumulator_t<{result}>"}
        words |= {f"in{i}": self.operand(x, kind, name == "matmul") for i, x in enumerate(operands)}
        words |= {f"n{i}": number(value) for i, value in enumerate(numbers)}
        code = self.operators[name][1]
        if out is None and code.endswith(", out)"):
            code = code[:-len(", out)")] + ")"
        elif not code.endswith(", out)"):
            words["out"] = f"Out<{result}>({out or ''})"
        else:
            words["out"] = out
        code = re.sub(r"\b(in\d|n\d+|out|T|A|R)\b", lambda match: words.get(match[1], match[1]), code)
        code = re.sub(r"\bint\((\d+)\)", r"\1", code)
        # The library takes reduced dimensions out; PyTorch may keep them.
        if operands and len(tensor._shape) == len(operands[0]._shape) and "Dimensions(" in code:
            if out is None:
                code += f".reshape({extents(tensor._shape)})"
        return code

    def layout(self, name, operands, numbers, tensor, result, out):
        last = f", {out}" if out else ""
        if name == "concatenate":
            parts = ", ".join(self.operand(x, tensor._dtype) for x in operands)
            return f"concatenate({numbers[0]}, Out<{result}>({out or ''}), {parts})"
        source = self.write(operands[0])
        if name == "reshape":
            return f"{source}.reshape({extents(tensor._shape)})" if tensor._shape else f"{source}.reshape(Shape())"
        if name == "convert":
            return f"convert<{result}>({source}{last})"
        if name == "permute":
            return f"permute({source}, Shape({extents(numbers)}){last})"
        if name == "expand":
            return f"expand({source}, Shape({extents(tensor._shape)}){last})"
        dim, first, count, step = numbers
        code = f"slice({source}, {dim}, {text_of(first)}, {text_of(count)}, {text_of(step)}{last})"
        if len(tensor._shape) < len(operands[0]._shape) and out is None:
            code += f".reshape({extents(tensor._shape)})" if tensor._shape else ".reshape(Shape())"
        return code


def reference_text(operators, inputs, outputs, parameters, comment):
    """`inputs`: (name, tensor); `outputs`: (name, dtype, shape, tensor); `parameters`: axes and scalars, (name, C++ type)."""
    writer = Writer(operators)
    for _, _, _, tensor in outputs:
        if tensor.op:
            writer.count(tensor)
    needed = {id(tensor) for _, tensor in inputs if id(tensor) in writer.uses}
    for name, tensor in inputs:
        if id(tensor) in needed or any(tensor is result for _, _, _, result in outputs):
            writer.uses.setdefault(id(tensor), 1)
            writer.input(tensor, plain(name), plain(name) + "_data")
    for name, dtype, shape, tensor in outputs:
        if tensor._shape is None or not same_shape(tensor._shape or (1,), shape):
            found = "an unknown shape" if tensor._shape is None else f"shape {[int(s) for s in tensor._shape]}"
            raise Unsupported(f"output `{name}` has {found}, not {[int(s) for s in shape]}")
        if tensor._dtype is not _types.by_name[dtype]:
            raise Unsupported(f"output `{name}` is {tensor._dtype.name}, not {dtype}")
        writer.output(tensor, plain(name))
    kinds = [tensor._dtype.name for _, tensor in inputs] + [dtype for _, dtype, _, _ in outputs]
    if {"float16", "bfloat16"} & set(kinds) or any("f16" in line for line in writer.lines):
        writer.headers.add("half")
    signature = [f"const {ELEMENTS[tensor._dtype.name]}* {plain(name)}_data" for name, tensor in inputs]
    signature += [f"{ELEMENTS[dtype]}* {plain(name)}" for name, dtype, _, _ in outputs]
    signature += [f"{kind} {plain(name)}" for name, kind in parameters]
    text = "".join(f"// {line}\n" for line in comment)
    text += "".join(f'#include "ops/{header}.cuh"\n' for header in sorted(writer.headers | {"tensor"}))
    text += f"\nusing namespace ops;\n\nextern \"C\" void solve({', '.join(signature)}) {{\n"
    return text + "".join(f"    {line}\n" for line in writer.lines) + "}\n"
