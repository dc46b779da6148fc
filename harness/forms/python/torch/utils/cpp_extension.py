"""torch.utils.cpp_extension: keeps the sources, and writes down what is called of them."""
import os
import re

from assay_trace import Results, Tensor, Unsupported, cpp, graph

CUDA_HOME = "/usr/local/cuda"
extensions = []  # in the order of their building
files = {}       # what lies beside the candidate: name to text


def texts(sources):
    return [] if sources is None else [sources] if isinstance(sources, str) else list(sources)


def load_inline(name, cpp_sources=None, cuda_sources=None, functions=None, **_):
    extensions.append(Extension(texts(cuda_sources), texts(cpp_sources), functions))
    return extensions[-1]


def load(name, sources, **_):
    found = []
    for source in texts(sources):
        base = os.path.basename(str(source))
        if base not in files:
            raise Unsupported(f"it builds {base}, which does not lie beside it")
        found.append((base, files[base]))
    cuda = [text for base, text in found if base.endswith((".cu", ".cuh"))]
    plain = [text for base, text in found if not base.endswith((".cu", ".cuh"))]
    extensions.append(Extension(cuda, plain, None))
    return extensions[-1]


def include_paths(*_):
    return []


def without_module(text):
    """The source without its PYBIND11_MODULE, and that module's body. Lines keep their places."""
    start = re.search(r"^[ \t]*PYBIND11_MODULE\s*\(", text, re.M)
    if not start:
        return text, ""
    at = text.find("{", start.end())
    depth, end = 0, len(text)
    for i in range(at, len(text)):
        depth += {"{": 1, "}": -1}.get(text[i], 0)
        if depth == 0:
            end = i + 1
            break
    rest, more = without_module(text[end:])
    return text[:start.start()] + "\n" * text.count("\n", start.start(), end) + rest, text[at:end] + more


class Extension:
    def __init__(self, cuda, plain, functions):
        bodies = []
        self.sources = []
        for text in cuda + plain:
            kept, body = without_module(text)
            self.sources.append(kept)
            bodies.append(body)
        self.text = "\n".join(self.sources)
        self.functions = {}  # the name in Python to the one in C++
        for body in bodies:
            for name, target in re.findall(r"\bdef\s*\(\s*\"(\w+)\"\s*,\s*&?\s*((?:\w+::)*\w+)", body):
                self.functions[name] = target
            for name in re.findall(r"\bdef\s*\(\s*\"(\w+)\"\s*,\s*\[", body):
                self.functions.setdefault(name, None)
        named = functions if isinstance(functions, (list, tuple, dict)) else texts(functions)
        for name in named:
            self.functions[name] = name
        self.number = len(extensions)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in self.functions:
            offered = ", ".join(self.functions) or "none"
            raise Unsupported(f"the extension has no function `{name}`: it offers {offered}")
        if self.functions[name] is None:
            raise Unsupported(f"`{name}` of the extension is a lambda in PYBIND11_MODULE: write it as a function")
        return lambda *arguments, **named: self.call(self.functions[name], arguments, named)

    def result_of(self, function):
        """What stands before the function's name in its definition."""
        last = function.rpartition("::")[2]
        found = re.search(r"([\w:<>,&\s]*?[\w>&])\s+" + last + r"\s*\(", self.text)
        return found[1] if found else "torch::Tensor"

    def call(self, function, arguments, named):
        if named:
            raise Unsupported(f"it passes {', '.join(named)} to the extension by name: pass it by position")
        # Global, since PyTorch has functions of the same names that an argument's namespace would find.
        code = f"::{'@space%d@' % self.number}{function}({', '.join(cpp(a) for a in arguments)})"
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
