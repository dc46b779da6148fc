"""torch.utils.cpp_extension: keeps the sources, and writes down what is called of them."""
import os
import re

import assay_written
from assay_sources import joined
from assay_trace import Results, Tensor, Unsupported, cpp, graph
from torch._surroundings import missing

CUDA_HOME = "/usr/local/cuda"
extensions = []  # in the order of their building
files = {}       # what lies beside the candidate, and what it wrote: name to text


def texts(sources):
    return [] if sources is None else list(sources) if isinstance(sources, (list, tuple)) else [sources]


def options_of(cuda_flags, plain_flags):
    """Of the compilers' flags those that change what the kernels are: macros, and how floating point is compiled. The
    allow-list of harness/compile/options.cpp has the last word."""
    flags = [str(flag) for flag in texts(cuda_flags)]
    for i, flag in enumerate(flags[:-1]):
        if flag.lstrip("-") in ("maxrregcount", "fmad", "ftz", "prec-div", "prec-sqrt"):
            flags[i] = f"{flag}={flags[i + 1]}"  # given as two
    flags += [flag for flag in map(str, texts(plain_flags)) if flag.startswith("-D")]
    means = re.compile(r"-D[A-Za-z]|--?(use_fast_math|extra-device-vectorization)$|--?(maxrregcount|fmad|ftz|prec-div|prec-sqrt)=")
    return [flag for flag in flags if means.match(flag)]


def load_inline(name, cpp_sources=None, cuda_sources=None, functions=None, extra_cflags=None, extra_cuda_cflags=None, *_, **__):
    extensions.append(Extension(texts(cuda_sources), texts(cpp_sources), functions, options_of(extra_cuda_cflags, extra_cflags)))
    return extensions[-1]


def load(name, sources, extra_cflags=None, extra_cuda_cflags=None, *_, **__):
    names = [os.path.basename(str(source)) for source in texts(sources)]
    files.update({os.path.basename(path): text for path, text in assay_written.files.items()})
    for base in names:
        if base not in files:
            raise Unsupported(f"it builds {base}, which does not lie beside it")
    names.sort(key=lambda base: not base.endswith((".cu", ".cuh")))  # kernels before what launches them
    extensions.append(Extension([joined(files, names)], [], None, options_of(extra_cuda_cflags, extra_cflags)))
    return extensions[-1]


def __getattr__(name):
    return missing(f"torch.utils.cpp_extension.{name}")


def include_paths(*_):
    return []


def closed(text, at, pair):
    """The place behind the bracket that closes the one at `at`."""
    depth = 0
    for i in range(at, len(text)):
        depth += {pair[0]: 1, pair[1]: -1}.get(text[i], 0)
        if depth == 0:
            return i + 1
    return len(text)


def operator(space, name):
    """What an extension's TORCH_LIBRARY registers as torch.ops.space.name; None: nothing."""
    for extension in extensions:
        target = extension.operators.get(f"{space}::{name}")
        if target:
            return lambda *arguments, **named: extension.call(target, arguments, named)
    return None


def without_registry(text):
    """The source without its TORCH_LIBRARY blocks, and [namespace, whether for the device, body] of each."""
    start = re.search(r"^[ \t]*TORCH_LIBRARY(_IMPL|_FRAGMENT)?\s*\(\s*(\w+)\s*,\s*(\w+)", text, re.M)
    if not start:
        return text, []
    at = text.find("{", start.end())
    end = closed(text, at, "{}")
    rest, more = without_registry(text[end:])
    here = start[1] != "_IMPL" or start[3] in ("CUDA", "CompositeImplicitAutograd", "CompositeExplicitAutograd")
    blank = "\n" * text.count("\n", start.start(), end)
    return text[:start.start()] + blank + rest, [(start[2], here, text[at:end])] + more


def registered(space, body):
    """(name in torch.ops, function in C++) of what a block registers, but for what is for other devices."""
    for name, others, target in re.findall(r"\b(?:def|impl)\s*\(\s*\"([\w:]+)[^\"]*\"\s*,\s*((?:[\w:]+\s*,\s*)?)(?:TORCH_FN\s*\(\s*)?"
                                           r"&?\s*((?:\w+::)*\w+)\s*\)", body):
        if not re.search(r"CPU|Meta|Autograd\b|AutogradCUDA", others):
            yield f"{space}::{name.rpartition('::')[2]}", target


def without_module(text):
    """The source without its PYBIND11_MODULE, and that module's body. Lines keep their places."""
    start = re.search(r"^[ \t]*PYBIND11_MODULE\s*\(", text, re.M)
    if not start:
        return text, ""
    at = text.find("{", start.end())
    end = closed(text, at, "{}")
    rest, more = without_module(text[end:])
    return text[:start.start()] + "\n" * text.count("\n", start.start(), end) + rest, text[at:end] + more


def lambdas_of(body):
    """(name in Python, text of a function `NAME`, which it becomes) of each lambda that a module defines."""
    for match in re.finditer(r"\bdef\s*\(\s*\"(\w+)\"\s*,\s*\[[&=]?\]\s*(?=\()", body):
        parameters = body[match.end():closed(body, match.end(), "()")]
        behind = match.end() + len(parameters)
        at = body.find("{", behind)
        block = body[at:closed(body, at, "{}")]
        given = re.fullmatch(r"\s*(?:mutable)?\s*->\s*(.+?)\s*", body[behind:at], re.S)
        result = given[1] if given else "auto" if re.search(r"\breturn\s*[^;\s]", block) else "void"
        yield match[1], f"{result} NAME{parameters} {block}\n"


def split(text):
    """What commas separate, outside of brackets."""
    parts, depth = [""], 0
    for c in text:
        depth += (c in "<({") - (c in ">)}")
        if c == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += c
    return [part.strip() for part in parts if part.strip()]


def argument(value, type):
    """An argument as C++; of a list, as what the parameter's type wants of one."""
    wanted = re.search(r"std::(?:vector|array|tuple|pair)<.*>", type)
    if not wanted or not isinstance(value, (list, tuple)) or any(isinstance(item, (Tensor, list, tuple)) for item in value):
        return cpp(value)
    items = [cpp(item) for item in value]
    if "tuple" in wanted[0] or "pair" in wanted[0]:
        return f"{wanted[0]}({', '.join(items)})"
    element = re.match(r"std::\w+<\s*([\w:\s]+)", wanted[0])[1].strip()
    return f"{wanted[0]}{{{', '.join(f'static_cast<{element}>({item})' for item in items)}}}"


def declares_only(text):
    """Whether a source repeats what another defines: default arguments may stand once in a file."""
    return not re.search(r"[{]|^\s*#\s*define", re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.S), re.M)


class Extension:
    def __init__(self, cuda, plain, functions, options=()):
        self.options = list(options)
        bodies = []
        self.sources, self.operators = [], {}
        for text in cuda + [text for text in plain if not (cuda and declares_only(text))]:
            kept, blocks = without_registry(text)
            for space, here, block in blocks:
                self.operators.update(registered(space, block) if here else {})
            kept, body = without_module(kept)
            self.sources.append(kept)
            bodies.append(body)
        self.text = "\n".join(self.sources)
        self.functions = {}  # the name in Python to the one in C++
        for body in bodies:
            for name, target in re.findall(r"\bdef\s*\(\s*\"(\w+)\"\s*,\s*&?\s*((?:\w+::)*\w+)", body):
                self.functions[name] = target
            for name, function in lambdas_of(body):
                self.functions[name] = f"assay_lambda{len(self.functions)}_{name}"
                self.sources.append(function.replace("NAME", self.functions[name]))
        self.text = "\n".join(self.sources)
        named = functions if isinstance(functions, (list, tuple, dict)) else texts(functions)
        for name in named:
            if re.search(r"__global__[^;{}]*\b" + re.escape(name) + r"\s*\(", self.text):
                raise RuntimeError(f"Error building extension: `{name}` is a kernel, which Python cannot call: `functions` names "
                                   "host functions")
            self.functions.setdefault(name, name)  # the source's own module may know it under another
        self.number = len(extensions)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in self.functions:
            offered = ", ".join(self.functions) or "none"
            raise Unsupported(f"the extension has no function `{name}`: it offers {offered}")
        return lambda *arguments, **named: self.call(self.functions[name], arguments, named)

    def result_of(self, function):
        """What stands before the function's name in its definition."""
        last = function.rpartition("::")[2]
        found = re.search(r"([\w:<>,&\s]*?[\w>&])\s+" + last + r"\s*\(", self.text)
        return found[1] if found else "torch::Tensor"

    def parameters_of(self, function):
        """[type, name] of its parameters, as its definition has them."""
        last = function.rpartition("::")[2]
        for match in re.finditer(r"[\w>&]\s+" + last + r"\s*(?=\()", self.text):
            end = closed(self.text, match.end(), "()")
            if self.text[end:].lstrip().startswith("{"):
                parts = [part.partition("=")[0].strip() for part in split(self.text[match.end() + 1:end - 1])]
                return [re.fullmatch(r"(.*?)(\w+)", part, re.S).groups() for part in parts if re.search(r"\w$", part)]
        return []

    def call(self, function, arguments, named):
        parameters = self.parameters_of(function)
        if named:
            names = [name for _, name in parameters]
            if sorted(names[len(arguments):]) != sorted(named):
                raise Unsupported(f"it passes {', '.join(named)} to the extension by name, whose `{function}` takes "
                                  f"({', '.join(names)})")
            arguments = list(arguments) + [named[name] for name in names[len(arguments):]]
        # Global, since PyTorch has functions of the same names that an argument's namespace would find.
        types = [type for type, _ in parameters] + [""] * len(arguments)
        passed = ", ".join(argument(value, type) for value, type in zip(arguments, types))
        code = f"::{'@space%d@' % self.number}{function}({passed})"
        result = self.result_of(function)
        if re.search(r"\bvoid\b", result):
            graph.emit(f"{code};")
            return None
        like = next((a for a in arguments if isinstance(a, Tensor)), None)
        if "vector" in result or "tuple" in result or "pair" in result or "array" in result:
            name = graph.name()
            graph.emit(f"auto {name} = {code};")
            return Results(name, "tuple" in result or "pair" in result)
        return Tensor(lambda: code, None, like.dtype if like is not None else None)
