"""FlashInfer-Bench's definitions as tasks, and its solutions as candidates (docs/flashinfer_trace of that project).

A definition's `run` is executed on tensors that hold no data, once for each workload, and what it computes is written down
over the operator library (assay_reference.py). Its workloads give sizes; since those are what models happen to have, a few
small odd ones are added, where kernels go wrong. Values are drawn by the task's own rules, whatever a workload says.

A solution is CUDA (its files become one source), or Python around an extension (which becomes a KernelBench file).
"""
import json
import math
import re
import sys

import assay_reference
import assay_trace as trace
from assay_sources import joined
from assay_trace import FILE, Int, Real, Tensor, Unsupported, answered
from torch import _types

CATEGORIES = (("gemm", "matmul"), ("rmsnorm", "normalization"), ("norm", "normalization"), ("gqa", "attention"),
              ("mla", "attention"), ("dsa", "attention"), ("nsa", "attention"), ("attention", "attention"),
              ("sampling", "index"), ("embedding", "index"), ("activation", "activation"), ("softmax", "reduce"),
              ("moe", "arch"), ("rope", "arch"), ("gdn", "arch"))
SMALL_INTEGERS = {"int8": (-128, 127), "uint8": (0, 255), "bool": (0, 1)}
MANY = 1 << 24     # elements that a check draws at most, where a workload with fewer is there
TIMED = 1 << 20    # on the virtual GPU
LARGE = 1 << 27    # on a GPU, where no workload says a size
ODD = ((1, 6, 19, 2), (7, 5, 3, 11), (37, 13, 5, 3))


class Definition:
    """Axes, tensors and scalars of a definition, each checked."""

    def __init__(self, given):
        def need(condition, what):
            if not condition:
                raise Unsupported(what)
        need(isinstance(given, dict), "is no object")
        for key, kind in (("name", str), ("axes", dict), ("inputs", dict), ("outputs", dict), ("reference", str)):
            need(isinstance(given.get(key), kind), f"has no `{key}`" if key not in given else f"`{key}` is of a wrong type")
        self.name, self.reference = given["name"], given["reference"]
        self.op_type, self.description = str(given.get("op_type") or ""), str(given.get("description") or "")
        self.constraints = [c for c in given.get("constraints") or [] if isinstance(c, str)]
        self.axes = {}  # None: each workload says
        for name, axis in given["axes"].items():
            need(name.isidentifier() and isinstance(axis, dict), f"axis `{name}` is none")
            value = axis.get("value")
            need(axis.get("type") == "var" or isinstance(value, int), f"axis `{name}` is neither \"var\" nor \"const\" with a value")
            self.axes[name] = None if axis.get("type") == "var" else value
        self.inputs, self.outputs, self.scalars = {}, {}, {}
        for group, into in ((given["inputs"], self.inputs), (given["outputs"], self.outputs)):
            for name, spec in group.items():
                need(name.isidentifier() and isinstance(spec, dict) and "shape" in spec, f"`{name}` has no shape")
                dtype, shape = spec.get("dtype"), spec["shape"]
                if shape is None:
                    need(into is self.inputs, f"output `{name}` is a number, and a task's outputs are tensors")
                    floating = dtype in ("float64", "float32", "float16", "bfloat16")
                    self.scalars[name] = "float64" if dtype == "float64" else "float32" if floating else "int64" \
                        if dtype == "int64" else "int32"
                    continue
                need(dtype in assay_reference.ELEMENTS, f"`{name}` is {dtype}, which no task can hold: its types are "
                     + ", ".join(assay_reference.ELEMENTS))
                need(isinstance(shape, list) and all(axis in self.axes for axis in shape), f"`{name}` has an axis that is none")
                into[name] = (dtype, shape)
        need(self.outputs, "has no outputs")
        self.order = list(given["inputs"])  # of the parameters of `run`

    def task_name(self):
        name = re.sub(r"\W", "_", self.name)
        return name if name[:1].isalpha() or name[:1] == "_" else "_" + name

    def elements(self, axes):
        values = {**self.axes, **axes}
        total = 0
        for _, shape in [*self.inputs.values(), *self.outputs.values()]:
            count = 1
            for axis in shape:
                count *= values[axis]
            total += count
        return total

    def measurable(self, axes):
        """Whether the precision of 16-bit outputs shows: of a few dozen elements one rounded too far may go unnoticed."""
        counts = [math.prod({**self.axes, **axes}[axis] for axis in shape) for dtype, shape in self.outputs.values()
                  if dtype in ("float16", "bfloat16")]
        return not any(32 <= count < 256 for count in counts)

    def consistent(self, axes):
        """The axes with what constraints say of them; None: they cannot hold. Those of tensors' values say nothing here."""
        axes = dict(axes)
        for _ in range(len(self.constraints) + 1):
            for constraint in self.constraints:
                values = {**self.axes, **axes}
                if not re.fullmatch(r"[\w\s+\-*/%()=<>!]+", constraint):
                    continue
                try:
                    if eval(constraint, {"__builtins__": {}}, values):
                        continue
                    left, _, right = constraint.partition("==")
                    if left.strip() in axes:
                        axes[left.strip()] = int(eval(right, {"__builtins__": {}}, values))
                    elif right.strip() in axes:
                        axes[right.strip()] = int(eval(left, {"__builtins__": {}}, values))
                    else:
                        return None
                except Exception:  # of what a definition says, nothing holds
                    continue
        values = {**self.axes, **axes}
        for constraint in self.constraints:
            try:
                if not eval(constraint, {"__builtins__": {}}, values):
                    return None
            except Exception:
                continue
        return axes if all(value >= 1 for value in axes.values()) else None


def read_workloads(definition, lines, notes):
    """Sizes and scalars of the lines that fit the definition, each once: [(name, axes, scalars)]."""
    found, seen, files, rejected = [], set(), set(), 0
    for number, line in enumerate(lines, 1):
        workload = line.get("workload", line) if isinstance(line, dict) else None
        axes = workload.get("axes") if isinstance(workload, dict) else None
        inputs = workload.get("inputs", {}) if isinstance(workload, dict) else None
        free = [name for name, value in definition.axes.items() if value is None]
        good = isinstance(axes, dict) and isinstance(inputs, dict) and all(
            isinstance(axes.get(name), int) and 1 <= axes[name] <= 2**53 for name in free)
        scalars = {}
        for name in definition.scalars if good else ():
            value = inputs.get(name, {}).get("value") if isinstance(inputs.get(name), dict) else None
            good = good and isinstance(value, (int, float))
            scalars[name] = int(value) if isinstance(value, bool) else value
        if not good:
            rejected += 1
            if rejected <= 3:
                notes.append(f"workload {number} of {definition.name} is left out: it does not give "
                             + ", ".join(free + list(definition.scalars)))
            continue
        for name in definition.inputs:
            if isinstance(inputs.get(name), dict) and inputs[name].get("type") == "safetensors":
                files.add(name)
        sizes = {name: axes[name] for name in free}
        key = json.dumps([sizes, scalars])
        if key not in seen:
            seen.add(key)
            found.append((str(workload.get("uuid") or f"line{number}")[:8], sizes, scalars))
    if rejected > 3:
        notes.append(f"{rejected - 3} more workloads of {definition.name} are left out for the same reason")
    for name in sorted(files):
        notes.append(f"`{name}` of {definition.name} is drawn anew: its workloads' files of tensors are not used")
    return found


def choose_workloads(definition, found, defaults, notes):
    """The task's: small odd sizes for checks, then the smallest and the largest of those given."""
    free = [name for name, value in definition.axes.items() if value is None]
    scalars = found[0][2] if found else defaults
    missing = [name for name in definition.scalars if name not in scalars]
    if missing:
        raise Unsupported(f"no workload gives the number `{missing[0]}`")
    if not found:
        notes.append(f"{definition.name} comes without workloads: its sizes are ours")
        for most in (TIMED, LARGE):
            sizes = ((size, definition.consistent({name: size for name in free})) for size in (16384, 4096, 1024, 256, 64, 16, 4, 1))
            fitting = [(size, axes) for size, axes in sizes if axes is not None and definition.elements(axes) <= most]
            found += [(f"size{size}", axes, scalars) for size, axes in fitting[:1]]
    chosen, names = [], set()

    def add(name, axes, scalars, uses):
        for entry in chosen:
            if entry["axes"] == axes and entry["scalars"] == scalars:
                entry["use"] += [use for use in uses if use not in entry["use"]]
                return
        while name in names:
            name += "_"
        names.add(name)
        chosen.append({"name": name, "axes": axes, "scalars": scalars, "use": list(uses)})

    for index, sizes in enumerate(ODD if free else ()):
        axes = definition.consistent({name: sizes[i % len(sizes)] for i, name in enumerate(free)})
        if axes is not None and definition.measurable(axes):
            add(("one", "odd", "more")[index], axes, found[index % len(found)][2] if found else scalars, ["check"])
    by_size = sorted(found, key=lambda entry: definition.elements(entry[1]))
    small = [entry for entry in by_size if definition.elements(entry[1]) <= MANY and definition.measurable(entry[1])]
    for entry in small[:2] or ([] if chosen else by_size[:1]):
        add(*entry, ["check"])
    if by_size:
        timed = [entry for entry in small if definition.elements(entry[1]) <= TIMED]
        add(*(timed or small[:1] or by_size[:1])[-1], ["check", "time:vgpu"])
        add(*by_size[-1], ["time:gpu"])
    if not any("check" in entry["use"] for entry in chosen):
        raise Unsupported("no sizes satisfy its constraints")
    left = len(found) - sum(1 for name, axes, numbers in found if any(
        entry["axes"] == axes and entry["scalars"] == numbers for entry in chosen))
    if left > 0:
        notes.append(f"{left} of {len(found)} workloads of {definition.name} are left out: a task is timed at one size, the largest")
    return chosen


def run_function(source):
    module = type(sys)("definition")
    module.__dict__.update({"__name__": "definition", "__file__": FILE})
    sys.modules["definition"] = module
    exec(compile(source, FILE, "exec"), module.__dict__)
    if not callable(module.__dict__.get("run")):
        raise Unsupported("its reference has no function `run`")
    return module.__dict__["run"]


def trace_run(definition, workload, operators, comment):
    """The reference's text, as this workload shows it."""
    trace.begin()
    trace.graph.operators = {**operators, **assay_reference.LAYOUT}
    axes = {name: Int(workload["axes"].get(name, value), assay_reference.plain(name)) for name, value in definition.axes.items()}
    tensors = {name: Tensor(None, [axes[axis] for axis in shape], _types.by_name[dtype], name)
               for name, (dtype, shape) in definition.inputs.items()}
    numbers = {name: (Real if kind.startswith("float") else Int)(value, assay_reference.plain(name))
               for (name, kind), value in ((item, workload["scalars"][item[0]]) for item in definition.scalars.items())}
    result = run_function(definition.reference)(*[tensors.get(name, numbers.get(name)) for name in definition.order])
    names = list(definition.outputs)
    if isinstance(result, dict):
        result = [result.get(name) for name in names]
    results = list(result) if isinstance(result, (list, tuple)) else [result]
    if len(results) != len(names) or not all(isinstance(x, Tensor) for x in results):
        raise Unsupported(f"run gives {len(results)} results, of which the definition has {len(names)}: {', '.join(names)}")
    outputs = [(name, dtype, [axes[axis] for axis in shape] or [1], x)
               for (name, (dtype, shape)), x in zip(definition.outputs.items(), results)]
    kinds = {"float32": "f32", "float64": "f64", "int64": "long long", "int32": "int"}
    parameters = [(name, "int" if all(value < 2**31 for value in [axes[name]]) else "long long") for name in axes]
    parameters += [(name, kinds[kind]) for name, kind in definition.scalars.items()]
    return assay_reference.reference_text(operators, list(tensors.items()), outputs, parameters, comment)


def default_scalars(definition):
    """Numbers that `run` itself has a value for."""
    match = re.search(r"def run\((.*?)\)\s*(?:->[^:]*)?:", definition.reference, re.S)
    found = re.findall(r"(\w+)\s*(?::[^=,]*)?=\s*([-+\d.e]+)", match[1]) if match else []
    return {name: float(value) for name, value in found if name in definition.scalars}


def convert_definition(request):
    definition = Definition(json.loads(request["definition"]))
    notes = []
    found = read_workloads(definition, json.loads(request["workloads"]), notes)
    workloads = choose_workloads(definition, found, default_scalars(definition), notes)
    comment = [f"Written of the definition {definition.name} of FlashInfer-Bench."]
    text = None
    for workload in sorted(workloads, key=lambda entry: definition.elements(entry["axes"])):
        last, text = text, trace_run(definition, workload, request["operators"], comment)
        if last not in (None, text):
            raise Unsupported("run does something else for each size: it decides or loops on an axis")
    inputs = {}
    for name, (dtype, shape) in definition.inputs.items():
        inputs[name] = {"dtype": dtype, "shape": shape or [1]}
        if not _types.by_name[dtype].is_floating_point:
            if dtype not in SMALL_INTEGERS:
                raise Unsupported(f"nothing says which integers the input `{name}` holds")
            low, high = SMALL_INTEGERS[dtype]
            inputs[name]["distribution"] = {"kind": "integers", "low": low, "high": high}
    title = definition.description or definition.name
    category = next((c for word, c in CATEGORIES if word in definition.op_type), "arch")
    task = {"name": definition.task_name(), "title": title if len(title) <= 100 else definition.name, "level": 1,
            "category": category,
            "description": (definition.description + " " if definition.description else "")
            + f"Imported from FlashInfer-Bench: {definition.name}.",
            "axes": {name: "var" if value is None else value for name, value in definition.axes.items()}}
    if definition.scalars:
        task["scalars"] = {name: {"dtype": kind} for name, kind in definition.scalars.items()}
    task["inputs"] = inputs
    task["outputs"] = {name: {"dtype": dtype, "shape": shape or [1]} for name, (dtype, shape) in definition.outputs.items()}
    task["workloads"] = [{key: value for key, value in workload.items() if value} for workload in workloads]
    return {"name": task["name"], "task": laid_out(task), "reference": text, "notes": notes}


def laid_out(task):
    """The definition's text: a line for each thing, as people write it."""
    lines = []
    for key, value in task.items():
        if key in ("inputs", "outputs", "scalars", "workloads"):
            entries = [f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in value.items()] \
                if isinstance(value, dict) else [json.dumps(entry) for entry in value]
            open_, close = "{}" if isinstance(value, dict) else "[]"
            lines.append(f"  {json.dumps(key)}: {open_}\n" + ",\n".join(f"    {entry}" for entry in entries) + f"\n  {close}")
        else:
            lines.append(f"  {json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def python_module(definition, entry, text, destination):
    """`run(inputs..., outputs...)` as the forward of a KernelBench file."""
    names = ", ".join(definition.order)
    lines = ["", "", "class ModelNew(__import__(\"torch\").nn.Module):", f"    def forward(self, {names}):"]
    if not destination:
        lines.append(f"        return {entry}({names})")
    else:
        lines.append("        import torch")
        made = []
        for name, (dtype, shape) in definition.outputs.items():
            extents = []
            for axis in shape:
                places = ((tensor, s.index(axis)) for tensor, (_, s) in definition.inputs.items() if axis in s)
                of = next(places, None)
                if of is None and definition.axes[axis] is None:
                    raise Unsupported(f"no input tells the extent `{axis}` of output `{name}`")
                extents.append(str(definition.axes[axis]) if of is None else f"{of[0]}.shape[{of[1]}]")
            made.append(name)
            extent_list = "".join(extent + ", " for extent in extents)
            lines.append(f"        {name} = torch.empty(({extent_list}), dtype=torch.{dtype}, device=\"cuda\")")
        lines.append(f"        {entry}({names}, {', '.join(made)})")
        lines.append(f"        return {', '.join(made)}")
    return text.rstrip("\n") + "\n" + "\n".join(lines) + "\n"


def convert_solution(request):
    """{"files": {name: text}, "source": name, "entry"}: what the candidate's folder holds."""
    solution = json.loads(request["solution"])
    if not isinstance(solution, dict):
        raise Unsupported("is no object")
    spec = solution.get("spec") if isinstance(solution.get("spec"), dict) else {}
    languages = spec.get("languages")
    language = str(spec.get("language") or (languages[0] if isinstance(languages, list) and languages else "")).lower()
    path, _, function = str(spec.get("entry_point") or "").partition("::")
    files = {}
    for source in solution.get("sources") or []:
        if not isinstance(source, dict) or not isinstance(source.get("path"), str) or not isinstance(source.get("content"), str):
            raise Unsupported("a source has no path or no content")
        files[source["path"]] = source["content"]
    if not files or not function:
        raise Unsupported("it has no sources" if not files else "it has no entry_point, FILE::FUNCTION")
    if language in ("cuda", "cuda_cpp", "cpp", "c++"):
        units = [p for p in files if p.endswith(".cu")] + [p for p in files if p.endswith((".cpp", ".cc", ".cxx", ".c"))]
        if not units:
            raise Unsupported("it has no .cu and no .cpp among its sources")
        return {"files": {"kernel.cu": joined(files, units)}, "source": "kernel.cu", "entry": function}
    if language == "python":
        if path not in files:
            raise Unsupported(f"its entry point's file `{path}` is not among its sources")
        others = [p for p in files if p.endswith(".py") and p != path]
        if others:
            raise Unsupported(f"it has several Python files ({path}, {', '.join(others)}): only one can be taken")
        definition = json.loads(request["definition"])
        if definition is None:
            raise Unsupported("a solution in Python is imported together with its definition")
        text = python_module(Definition(definition), function, files.pop(path),
                             spec.get("destination_passing_style", True) is not False)
        beside = {p.rpartition("/")[2]: content for p, content in files.items()}
        return {"files": {"kernel.py": text, **beside}, "source": "kernel.py", "entry": ""}
    raise Unsupported(f"it is written in {language or 'no language'}: CUDA is taken, and Python around a CUDA extension"
                      + ("; `assay import triton` takes Triton kernels" if language == "triton" else ""))


def answer(text):
    return answered(lambda request: convert_solution(request) if "solution" in request else convert_definition(request), text)
