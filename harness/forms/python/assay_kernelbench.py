"""A KernelBench file to a CUDA source: runs ModelNew once for each workload and writes its forward as C++.

The file's module-level numbers (`in_channels = 64`) are what its shapes are made of, and the numbers that get_inputs() and
get_init_inputs() have in their text. Which of the task's axes each one is shows where `get_inputs()` uses it, or its name,
or that of the constructor's parameter, or its value in the task's largest workload; each run then has them at the
workload's values. Without get_init_inputs() the constructor's parameters are matched by name, with what the task's
reference says of strides and paddings. Parameters of the module are matched to the inputs of the task that forward does
not take, by their shapes over all workloads and, where several have the same, in the order in which __init__ makes them.
"""
import ast
import inspect
import itertools
import json
import re
import sys

import assay_trace as trace
import assay_written
import torch
from assay_numbers import LITERAL, constructor_value, find_overrides, plain, reduced_dimension, reference_constants
from assay_trace import FILE, Int, Real, Tensor, Unsupported
from torch.nn import Module, parameters_in
from torch.utils import cpp_extension


class Named(ast.NodeTransformer):
    """`name = number` at the file's top: the number goes through `__assay_named__`."""

    def visit_Module(self, node):
        body = []
        for statement in node.body:
            targets = statement.targets if isinstance(statement, ast.Assign) else []
            if targets and all(isinstance(target, ast.Name) for target in targets) and \
                    (len(targets) == 1 or isinstance(statement.value, ast.Constant)):
                for target in targets:  # height = width = 128 are two numbers
                    call = ast.Call(ast.Name("__assay_named__", ast.Load()), [ast.Constant(target.id), statement.value], [])
                    body.append(ast.copy_location(ast.Assign([target], call), statement))
            elif len(targets) == 1 and isinstance(targets[0], ast.Tuple) and isinstance(statement.value, ast.Tuple) and \
                    len(targets[0].elts) == len(statement.value.elts):
                each = [ast.Assign([a], b) for a, b in zip(targets[0].elts, statement.value.elts)]  # a, b = 1, 2
                body += self.visit_Module(ast.Module([ast.copy_location(a, statement) for a in each], [])).body
            else:
                body.append(statement)
        node.body = body
        return ast.fix_missing_locations(node)


class Told(ast.NodeTransformer):
    """PyTorch's default of an `eps` that the file writes down itself: it has the task's, as a layer has that is not told."""

    DEFAULT = 1e-5

    def told(self, name, value):
        if name.rpartition("_")[2] not in ("eps", "epsilon") or not isinstance(value, ast.Constant) or value.value != self.DEFAULT:
            return value
        return ast.copy_location(ast.Call(ast.Name("__assay_told__", ast.Load()), [value], []), value)

    def visit_FunctionDef(self, node):
        named = node.args.posonlyargs + node.args.args
        node.args.defaults = [self.told(a.arg, v) for a, v in zip(named[len(named) - len(node.args.defaults):], node.args.defaults)]
        node.args.kw_defaults = [self.told(a.arg, v) for a, v in zip(node.args.kwonlyargs, node.args.kw_defaults)]
        return self.generic_visit(node)

    def visit_Assign(self, node):
        target = node.targets[0]
        node.value = self.told(getattr(target, "attr", getattr(target, "id", "")), node.value)
        return self.generic_visit(node)

    def visit_keyword(self, node):
        node.value = self.told(node.arg, node.value)
        return self.generic_visit(node)


class Hoisted(ast.NodeTransformer):
    """The numbers in the text of get_inputs() and get_init_inputs() become names at the file's top."""

    def __init__(self):
        self.names = []

    def visit_Module(self, node):
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef) and statement.name in ("get_inputs", "get_init_inputs"):
                statement.body = [super(Hoisted, self).generic_visit(part) for part in statement.body]
        node.body = self.names + node.body
        return ast.fix_missing_locations(node)

    def visit_Constant(self, node):
        if type(node.value) not in (int, float) or node.value in (0, 1):
            return node
        name = f"{LITERAL}{len(self.names)}"
        self.names.append(ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], node), node))
        return ast.copy_location(ast.Name(name, ast.Load()), node)

def execute(source, overrides):
    """The file's names after it ran; `overrides`: numbers that take the place of its own. None: its own carry their names."""
    def named(name, value):
        if type(value) not in (int, float, Int, Real):
            return value
        if overrides is not None:
            return overrides.get(name, value)
        return Int(value, name) if isinstance(value, int) else Real(value, name)
    module = type(sys)("candidate")
    module.__dict__.update({"__name__": "candidate", "__file__": FILE, "__assay_named__": named,
                            "__assay_told__": lambda value: trace.told("eps", None, value)})
    sys.modules["candidate"] = module
    tree = Named().visit(Hoisted().visit(Told().visit(ast.parse(source, FILE))))
    exec(compile(tree, FILE, "exec"), module.__dict__)
    return module.__dict__


def as_text(extent, text):
    """An extent with the task's expression of it, where that is a name or arithmetic in C++ too."""
    if re.fullmatch(r"\w+", text):
        return Int(extent, text)
    return Int(extent, f"({text})") if re.fullmatch(r"[\w\s+*-]+", text) else extent


class Workload:
    """A workload of the task: shapes of inputs, values of axes and scalars as symbols."""

    def __init__(self, request, values):
        self.inputs = values["inputs"]  # [[name, dtype, shape]]
        self.numbers = {}
        for name in request["numbers"]:  # in the order of the task, which the values have not
            if name not in values["numbers"]:
                continue
            value = values["numbers"][name]
            is_axis = name in request["axes"]
            self.numbers[name] = Int(int(value), name) if is_axis or name in request["integers"] else Real(value, name)
        self.outputs = [(dtype, [as_text(extent, text) for extent, text in zip(shape, texts)])
                        for (_, texts), (dtype, shape) in zip(request["outputs"], values["outputs"])]


def constructor_arguments(cls, names, workload, request):
    if "get_init_inputs" in names:
        arguments = names["get_init_inputs"]()
        arguments = list(arguments) if isinstance(arguments, (list, tuple)) else [arguments]
        further = [] if cls.__init__ is Module.__init__ else list(inspect.signature(cls.__init__).parameters)[1 + len(arguments):]
        return arguments, {name: workload.numbers[name] for name in further if name in workload.numbers}
    if cls.__init__ is Module.__init__:
        return [], {}
    constants = reference_constants(request["reference"])
    values, open_names = {}, []
    for parameter in list(inspect.signature(cls.__init__).parameters.values())[1:]:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        value = constructor_value(parameter.name, workload, constants)
        if value is not None:
            values[parameter.name] = value
        elif parameter.default is parameter.empty:
            open_names.append(parameter.name)
    left = [n for n in workload.numbers if n not in request["axes"] and all(workload.numbers[n] is not v for v in values.values())]
    if open_names and len(open_names) == len(left):  # the task's scalars under other names, in their order
        values.update(zip(open_names, (workload.numbers[n] for n in left)))
        open_names = []
    for name in open_names:
        if name in ("stride", "dilation", "groups"):
            values[name] = 1
        elif name in ("padding", "output_padding"):
            values[name] = 0
        elif name in ("dim", "axis") and len(workload.outputs) == 1 and reduced_dimension(workload) is not None:
            values[name] = reduced_dimension(workload)
        else:
            raise Unsupported(f"ModelNew takes `{name}`, which is no axis of the task, and the file has no "
                              "get_init_inputs(): give the problem's own file (--problem, --problems)")
    return [], values


class NoInputLeft(Unsupported):
    """A parameter of the module has no input of the task: forward may take others than the first."""


def forward_arguments(model, workload, numbers, chosen):
    """What forward takes: of the inputs (`chosen`: their indices, None: from the first on) the tensors in order, numbers by
    their names. Gives the names of the inputs too."""
    inputs = workload.inputs if chosen is None else [workload.inputs[i] for i in chosen]
    tensors = [Tensor(None, shape, torch.by_name[dtype], name) for name, dtype, shape in inputs]
    arguments, used, scalars = [], 0, [n for n in numbers]
    for parameter in inspect.signature(model.forward).parameters.values():
        if parameter.kind == parameter.VAR_POSITIONAL:
            arguments += tensors[used:]
            used = len(tensors)
            continue
        # A matrix may be called N or B, as an axis is.
        longer = len(parameter.name) > 1 or used == len(tensors)
        match = next((n for n in scalars if n == parameter.name or (longer and plain(n) == plain(parameter.name))), None)
        is_input = any(name == parameter.name for name, _, _ in workload.inputs)
        if match and not is_input:
            arguments.append(workload.numbers[match])
        elif parameter.default is not parameter.empty and not is_input:
            break
        elif used < len(tensors):
            arguments.append(tensors[used])
            used += 1
        else:
            raise Unsupported(f"forward takes `{parameter.name}`, and the task has only {len(tensors)} inputs")
    return arguments, [name for name, _, _ in inputs[:used]]


def flat(value):
    if isinstance(value, trace.Results):
        return value
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, (list, tuple)) and all(isinstance(v, Tensor) for v in value):
        return list(value)
    raise Unsupported(f"forward returns a {type(value).__name__}, not tensors")


class Passed:
    """What gpu-mode's `custom_kernel` takes: the inputs, and where it unpacks more than those, memory for the outputs."""

    def __init__(self, inputs, workload):
        self.inputs, self.workload, self.whole = list(inputs), workload, None

    def all(self):
        if self.whole is None:
            self.whole = self.inputs + [torch.empty(shape, dtype=torch.by_name[dtype], device="cuda")
                                        for dtype, shape in self.workload.outputs]
        return self.whole

    def __iter__(self):
        return iter(self.inputs if trace.unpacked_count() == len(self.inputs) else self.all())

    def __getitem__(self, index):
        return self.inputs[index] if isinstance(index, int) and 0 <= index < len(self.inputs) else self.all()[index]


def gpu_mode_model(kernel, workload, source):
    """A module around `custom_kernel(data)`. Of one input, `data` is the tensor itself or a tuple: as the text takes it."""
    definition = next(n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef) and n.name == "custom_kernel")
    name = definition.args.args[0].arg if definition.args.args else ""
    taken_apart = any(isinstance(getattr(n, "value", None), ast.Name) and n.value.id == name and
                      (isinstance(n, ast.Starred) or (isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Tuple)))
                      for n in ast.walk(definition))

    class ModelNew(Module):
        def forward(self, *inputs):
            return kernel(Passed(inputs, workload) if len(inputs) > 1 or taken_apart else inputs[0])
    return ModelNew


class Run:
    """One trace: lines of C++ and the parameters in them."""

    def __init__(self, request, source, problem, workload, mappings, chosen):
        cpp_extension.extensions.clear()
        trace.begin()
        trace.graph.numbers = {name: value for name, value in workload.numbers.items() if name not in request["axes"]}
        overrides = [{own: workload.numbers[name] for own, name in mapping.items()} for mapping in mappings]
        names = execute(problem, overrides[1]) if problem else {}
        names = {**names, **execute(source, overrides[0])}
        cls = names.get(request["class"])
        if cls is None and callable(names.get("custom_kernel")):
            cls = gpu_mode_model(names["custom_kernel"], workload, source)
        if not isinstance(cls, type):
            raise Unsupported(f"the file has no class {request['class']}")
        arguments, named = constructor_arguments(cls, names, workload, request)
        # What PyTorch itself would be told (with_torch.py).
        self.native = {"overrides": overrides[0], "init": arguments, "named": named}
        model = cls(*arguments, **named)
        self.parameters, self.fallbacks = {}, {}
        listed = list(model.named_parameters())
        own = [parameter for _, parameter in listed if parameter.source is None]
        for key, parameter in listed:
            if parameter.source is not None and all(any(p is q for q in own) for p in parameters_in(parameter.source)):
                continue
            parameter.key = key
            self.fallbacks[key] = parameter.fallback
            self.parameters[key] = [int(s) for s in parameter._shape if int(s) != 1], parameter._shape
        arguments, self.taken = forward_arguments(model, workload, request["numbers"], chosen)
        self.native["forward"] = [{"input": a._name} if isinstance(a, Tensor) else a for a in arguments]
        trace.graph.running = True
        result = flat(model(*arguments))
        lines = trace.graph.lines
        self.result = result.ref() if isinstance(result, trace.Results) else "{" + ", ".join(t.ref() for t in result) + "}"
        self.is_tuple = isinstance(result, trace.Results) and result.is_tuple
        self.lines = list(lines)
        self.extensions = list(cpp_extension.extensions)

    def body(self):
        if self.is_tuple:
            return self.lines + [f"return std::apply([](auto... t) {{ return std::vector<torch::Tensor>{{t...}}; }}, "
                                 f"{self.result});"]
        return self.lines + [f"return {self.result};"]


def match_parameters(runs, workloads, notes):
    """Which input of the task each parameter of the module is."""
    used = {key for run in runs for line in run.body() for key in re.findall(r"@([^@]+)@", line)
            if not key.startswith("space")}
    keys = [key for key in runs[0].parameters if key in used]
    if any([k for k in run.parameters if k in used] != keys for run in runs):
        raise Unsupported("ModelNew has other parameters for other shapes")
    free = {name: i for i, (name, _, _) in enumerate(workloads[0].inputs) if name not in runs[0].taken}
    shapes_of_inputs = {name: tuple(tuple(s for s in w.inputs[i][2] if s != 1) for w in workloads)
                        for name, i in free.items()}
    shapes_of_keys = {key: tuple(tuple(run.parameters[key][0]) for run in runs) for key in keys}
    matched = {}
    for key in [key for key in keys if runs[0].fallbacks[key]]:  # statistics: the task's, where it passes such
        alike = [name for name in free if shapes_of_inputs[name] == shapes_of_keys[key] and
                 name.endswith(key.rpartition("_")[2])]
        if not alike:
            keys.remove(key)
    for signature in dict.fromkeys(shapes_of_keys.values()):
        of_keys = [key for key in keys if shapes_of_keys[key] == signature]
        of_inputs = [name for name in free if shapes_of_inputs[name] == signature]
        if len(of_keys) != len(of_inputs):  # by name, as far as that goes
            for key in list(of_keys):
                name = next((n for n in of_inputs if n in (key.rpartition(".")[2], key.replace(".", "_"))), None)
                if name and len(of_keys) < len(of_inputs):
                    matched[key] = name
                    of_keys.remove(key)
                    of_inputs.remove(name)
        if len(of_keys) > len(of_inputs):
            shape = "x".join(str(s) for s in signature[0]) or "1"
            raise NoInputLeft(f"no input of the task is left for the parameter `{of_keys[len(of_inputs)]}` of shape {shape}"
                              f" (workload {workloads[0].name}): the task passes "
                              + ", ".join(f"{n} {list(s[0])}" for n, s in shapes_of_inputs.items()))
        matched.update(zip(of_keys, of_inputs))
    for key in keys:
        notes.append(f"parameter {key} is the task's input {matched[key]}")
    return matched


def shaped(run, key, name, shape_of_input):
    """A parameter in C++: the input, under the module's own shape."""
    own = run.parameters[key][1]
    if [int(s) for s in own] == list(shape_of_input):
        return name
    return f"{name}.view({trace.sizes(own)})"


def placed(text, request):
    """A source that stands in the file as it is: the compiler then speaks of the file's lines."""
    at = request["source"].find(text) if request["lines"] and len(text) > 20 else -1
    return text if at < 0 else f'#line {request["source"].count(chr(10), 0, at) + 1} "{request["lines"]}"\n{text}'


def spaced(extensions, request):
    """The sources of all extensions. Several would collide: each gets a namespace, and their includes stand before."""
    if len(extensions) == 1:
        return "\n\n".join(placed(text.strip("\n"), request) for text in extensions[0].sources) + "\n"
    text, bodies = "", ""
    for extension in extensions:
        lines = "\n\n".join(text.strip("\n") for text in extension.sources).split("\n")
        is_outside = [re.match(r"\s*#\s*include\b|\s*using namespace\b", line) for line in lines]
        text += "".join(line + "\n" for line, outside in zip(lines, is_outside)
                        if outside and line + "\n" not in text and "include" in line)
        bodies += f"namespace extension{extension.number} {{\n"
        body = "\n".join("" if outside and "include" in line else line for line, outside in zip(lines, is_outside))
        bodies += body.strip("\n") + "\n}\n\n"
    return text + bodies


def matched_runs(request, workloads, mappings):
    """A run for each workload, with the inputs that are the module's parameters. forward takes the task's first inputs, or, if
    a parameter then has none, the first others with which each has one."""
    def attempt(chosen):
        runs = [Run(request, request["source"], request["problem"], workload, mappings, chosen) for workload in workloads]
        if any([e.text for e in run.extensions] != [e.text for e in runs[0].extensions] for run in runs):
            raise Unsupported("the extension's sources change with the shapes")
        notes = []
        return runs, match_parameters(runs, workloads, notes), notes
    try:
        return attempt(None)
    except NoInputLeft as error:
        count = len(Run(request, request["source"], request["problem"], workloads[0], mappings, None).taken)
        others = list(itertools.combinations(range(len(workloads[0].inputs)), count))[1:MOST_CHOICES]
        for chosen in others:
            try:
                return attempt(chosen)
            except Unsupported:
                continue
        raise error


MOST_CHOICES = 40


def convert(request):
    assay_written.begin()
    cpp_extension.files.clear()
    cpp_extension.files.update(request["files"])
    workloads = []
    for values in request["workloads"]:
        workloads.append(Workload(request, values))
        workloads[-1].name = values["name"]
    mappings = []
    for source in (request["source"], request["problem"]):
        trace.begin()
        names = execute(source, None) if source else {}
        mappings.append(find_overrides(request, names, request["defaults"]) if source else {})
    runs, matched, notes = matched_runs(request, workloads, mappings)
    called = {found for run in runs for line in run.body() for found in re.findall(r"@space(\d+)@", line)}
    extensions = [e for e in runs[0].extensions if str(e.number) in called]
    spaces = {e.number: "" if len(extensions) == 1 else f"extension{e.number}::" for e in extensions}
    bodies = {}
    for run, workload in zip(runs, workloads):
        shapes = {name: shape for name, _, shape in workload.inputs}

        def replaced(found, run=run, shapes=shapes):
            if found[1].startswith("space"):
                return spaces[int(found[1][5:])]
            if found[1] not in matched:
                return run.fallbacks[found[1]]
            name = matched[found[1]]
            return shaped(run, found[1], name, shapes[name])
        text = "\n".join(re.sub(r"@([^@\s]+)@", replaced, line) for line in run.body())
        bodies.setdefault(text, []).append(workload)
    names = [name for name, _, _ in workloads[0].inputs]
    lines = []
    for text, of in bodies.items():
        if len(bodies) == 1:
            lines += ["    " + line for line in text.split("\n")]
            continue
        conditions = []
        for workload in of:
            axes = [f"{n} == {int(v)}" for n, v in workload.numbers.items() if isinstance(v, int)]
            conditions.append("(" + (" && ".join(axes) or "true") + ")")
        condition = " || ".join(conditions)
        lines.append(f"    if {condition} {{" if len(conditions) == 1 else f"    if ({condition}) {{")
        lines += ["        " + line for line in text.split("\n")] + ["    }"]
    if len(bodies) > 1:
        lines.append('    TORCH_CHECK(false, "forward does something else for each shape, and was not traced for this one");')
    end = "\n".join(lines)
    numbers = {n: v for n, v in workloads[0].numbers.items() if re.search(rf"\b{n}\b", end)}
    parameters = [f"torch::Tensor {name}" for name in names]
    parameters += [f"{'int64_t' if isinstance(v, int) else 'double'} {n}" for n, v in numbers.items()]
    signature = "std::vector<torch::Tensor> assay_forward("
    margin = "\n" + " " * len(signature)
    for i, parameter in enumerate(parameters):
        wide = len(signature.rpartition("\n")[2]) + len(parameter) > 112
        signature += ("" if i == 0 else "," + margin if wide else ", ") + parameter
    after = f'#line 1 "forward of {request["lines"]}"\n' if request["lines"] else ""
    text = spaced(extensions, request)
    if not re.match(r"(?:\s*(?:#|//)[^\n]*\n)*?\s*#\s*include\s*<torch/extension.h>", text):  # load_inline puts it there
        text = "#include <torch/extension.h>\n" + text
    return {"source": f"{text}\n{after}"
                      f"// What ModelNew.forward does, as it was traced.\n"
                      + "".join(f"//   {note}\n" for note in notes) +
                      f"{signature}) {{\n{end}\n}}\n"
                      "PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def(\"forward\", &assay_forward); }\n",
            "arguments": names + list(numbers), "notes": notes, "parameters": matched,
            "options": list(dict.fromkeys(option for e in extensions for option in e.options)),
            "extensions": len(runs[0].extensions), "native": natives(runs)}


def natives(runs):
    """What each workload's run was told, where it can be written down."""
    try:
        return json.loads(json.dumps([run.native for run in runs]))
    except TypeError:
        return None


def answer(text):
    return trace.answered(convert, text)
