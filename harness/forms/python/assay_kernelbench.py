"""A KernelBench file to a CUDA source: runs ModelNew once for each workload and writes its forward as C++.

The file's module-level numbers (`in_channels = 64`) are what its shapes are made of. Which of the task's axes each one is
shows where `get_inputs()` uses it, or its name, or its value in the task's largest workload; each run then has them at
the workload's values. Without get_inputs() the constructor's parameters are matched by name, with what the task's
reference says of strides and paddings. Parameters of the module are matched to the inputs of the task that forward does
not take, by their shapes over all workloads and, where several have the same, in the order in which __init__ makes them.
"""
import ast
import inspect
import json
import re
import sys
import traceback

import assay_trace as trace
import torch
from assay_trace import FILE, Int, Real, Tensor, Unsupported
from torch.nn import Module
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


def execute(source, overrides):
    """The file's names after it ran; `overrides`: numbers that take the place of its own. None: its own carry their names."""
    def named(name, value):
        if type(value) not in (int, float, Int, Real):
            return value
        if overrides is not None:
            return overrides.get(name, value)
        return Int(value, name) if isinstance(value, int) else Real(value, name)
    module = type(sys)("candidate")
    module.__dict__.update({"__name__": "candidate", "__file__": FILE, "__assay_named__": named})
    sys.modules["candidate"] = module
    tree = Named().visit(ast.parse(source, FILE))
    exec(compile(tree, FILE, "exec"), module.__dict__)
    return module.__dict__


def plain(name):
    name = re.sub(r"_", "", name.lower())
    for word in ("size", "dim", "num", "value"):
        name = name.replace(word, "") or name
    return {"n": "batch", "b": "batch", "input": "infeatures", "hidden": "outfeatures", "output": "outfeatures",
            "scalingfactor": "factor", "scalefactor": "factor", "scale": "factor", "multiplier": "factor",
            "negativeslope": "slope", "divideby": "divisor"}.get(name, name)


class Workload:
    """A workload of the task: shapes of inputs, values of axes and scalars as symbols."""

    def __init__(self, request, values):
        self.inputs = values["inputs"]  # [[name, dtype, shape]]
        self.numbers = {}
        for name, value in values["numbers"].items():
            is_axis = name in request["axes"]
            self.numbers[name] = Int(int(value), name) if is_axis or name in request["integers"] else Real(value, name)


def find_overrides(request, names, defaults):
    """Which number of the file is which axis or scalar of the task."""
    mapping = {}
    expressions = [shape for _, shape in request["shapes"]]
    if "get_inputs" in names:
        drawn = [x for x in names["get_inputs"]() if isinstance(x, Tensor)]
        for tensor, shape in zip(drawn, expressions):
            if len(tensor._shape) == len(shape):
                for extent, expression in zip(tensor._shape, shape):
                    if expression in request["numbers"] and re.fullmatch(r"\w+", getattr(extent, "expr", "")):
                        mapping.setdefault(extent.expr, expression)
    free = [name for name in request["numbers"] if name not in mapping.values()]
    own = {name: value for name, value in names.items() if type(value) in (int, float, Int, Real) and name not in mapping}
    for name in own:
        match = next((n for n in free if plain(n) == plain(name)), None)
        if match:
            mapping[name] = match
            free.remove(match)
    for name in free:
        same = [key for key, value in own.items() if key not in mapping and value == defaults.get(name) and value not in (0, 1)]
        if len(same) == 1:
            mapping[same[0]] = name
    return mapping


def reference_constants(text):
    """Attributes of windows in the task's reference, in order: `.stride = 2`, `.kernel = {2, 3}`."""
    constants = {}
    for name, one, several in re.findall(r"\.(\w+) = (?:(\d+)|\{([\d, ]+)\})", text):
        constants.setdefault(name, []).append(int(one) if one else tuple(int(v) for v in several.split(",")))
    return constants


def constructor_value(name, workload, constants):
    """What the task says a parameter of ModelNew's constructor is; None: nothing."""
    match = name if name in workload.numbers else next((n for n in workload.numbers if plain(n) == plain(name)), None)
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
    if name.endswith("_shape"):  # (channels, 1, 1), of the input that a channel's parameter is
        rank = len(workload.inputs[0][2])
        vectors = [shape for _, _, shape in workload.inputs[1:] if len([s for s in shape if s != 1]) == 1]
        if vectors:
            extent = max(vectors[-1])
            axis = next((n for n, v in workload.numbers.items() if v == extent and n.startswith("out_")), None)
            return (workload.numbers[axis] if axis else extent,) + (1,) * (rank - 2)
    return None


def constructor_arguments(cls, names, workload, request):
    if "get_init_inputs" in names:
        arguments = names["get_init_inputs"]()
        return (list(arguments) if isinstance(arguments, (list, tuple)) else [arguments]), {}
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
        else:
            raise Unsupported(f"ModelNew takes `{name}`, which is no axis of the task, and the file has no "
                              "get_init_inputs(): give the problem's own file (--problem, --problems)")
    return [], values


def forward_arguments(model, workload, numbers):
    """What forward takes: tensors in the task's order, numbers by their names. Gives the count of tensors too."""
    tensors = [Tensor(None, shape, torch.by_name[dtype], name) for name, dtype, shape in workload.inputs]
    arguments, used, scalars = [], 0, [n for n in numbers]
    for parameter in inspect.signature(model.forward).parameters.values():
        if parameter.kind == parameter.VAR_POSITIONAL:
            arguments += tensors[used:]
            used = len(tensors)
            continue
        match = next((n for n in scalars if plain(n) == plain(parameter.name)), None)
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
    return arguments, used


def flat(value):
    if isinstance(value, trace.Results):
        return value
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, (list, tuple)) and all(isinstance(v, Tensor) for v in value):
        return list(value)
    raise Unsupported(f"forward returns a {type(value).__name__}, not tensors")


class Run:
    """One trace: lines of C++ and the parameters in them."""

    def __init__(self, request, source, problem, workload, mappings):
        cpp_extension.extensions.clear()
        trace.begin()
        overrides = [{own: workload.numbers[name] for own, name in mapping.items()} for mapping in mappings]
        names = execute(problem, overrides[1]) if problem else {}
        names = {**names, **execute(source, overrides[0])}
        cls = names.get("ModelNew")
        if not isinstance(cls, type):
            raise Unsupported("the file has no class ModelNew")
        arguments, named = constructor_arguments(cls, names, workload, request)
        model = cls(*arguments, **named)
        self.parameters = {}
        for key, parameter in model.named_parameters():
            parameter.key = key
            self.parameters[key] = [int(s) for s in parameter._shape if int(s) != 1], parameter._shape
        arguments, self.taken = forward_arguments(model, workload, request["numbers"])
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
    taken = runs[0].taken
    free = [name for name, _, _ in workloads[0].inputs[taken:]]
    shapes_of_inputs = {name: tuple(tuple(s for s in w.inputs[taken + i][2] if s != 1) for w in workloads)
                        for i, name in enumerate(free)}
    shapes_of_keys = {key: tuple(tuple(run.parameters[key][0]) for run in runs) for key in keys}
    matched = {}
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
            raise Unsupported(f"no input of the task is left for the parameter `{of_keys[len(of_inputs)]}` of shape {shape}"
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
        return "\n".join(placed(text, request) for text in extensions[0].sources)
    text, bodies = "", ""
    for extension in extensions:
        lines = "\n".join(extension.sources).split("\n")
        is_outside = [re.match(r"\s*#\s*include\b|\s*using namespace\b", line) for line in lines]
        text += "".join(line + "\n" for line, outside in zip(lines, is_outside)
                        if outside and line + "\n" not in text and "include" in line)
        bodies += f"namespace extension{extension.number} {{\n"
        bodies += "\n".join("" if outside and "include" in line else line for line, outside in zip(lines, is_outside))
        bodies += "\n}\n"
    return text + bodies


def convert(request):
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
    runs = [Run(request, request["source"], request["problem"], workload, mappings) for workload in workloads]
    if any([e.text for e in run.extensions] != [e.text for e in runs[0].extensions] for run in runs):
        raise Unsupported("the extension's sources change with the shapes")
    notes = []
    matched = match_parameters(runs, workloads, notes)
    spaces = {e.number: "" if len(runs[0].extensions) == 1 else f"extension{e.number}::" for e in runs[0].extensions}
    bodies = {}
    for run, workload in zip(runs, workloads):
        shapes = {name: shape for name, _, shape in workload.inputs}

        def replaced(found, run=run, shapes=shapes):
            if found[1].startswith("space"):
                return spaces[int(found[1][5:])]
            name = matched[found[1]]
            return shaped(run, found[1], name, shapes[name])
        text = "\n".join(re.sub(r"@([^@\s]+)@", replaced, line) for line in run.body())
        bodies.setdefault(text, []).append(workload)
    names = [name for name, _, _ in workloads[0].inputs]
    parameters = [f"torch::Tensor {name}" for name in names]
    parameters += [f"{'int64_t' if isinstance(v, int) else 'double'} {n}" for n, v in workloads[0].numbers.items()]
    lines = []
    for text, of in bodies.items():
        if len(bodies) == 1:
            lines += ["    " + line for line in text.split("\n")]
            continue
        conditions = []
        for workload in of:
            axes = [f"{n} == {int(v)}" for n, v in workload.numbers.items() if isinstance(v, int)]
            conditions.append("(" + " && ".join(axes) + ")" if axes else "true")
        lines += ["    if (" + " || ".join(conditions) + ") {"] + ["        " + l for l in text.split("\n")] + ["    }"]
    if len(bodies) > 1:
        lines.append('    TORCH_CHECK(false, "forward does something else for each shape, and was not traced for this one");')
    end = "\n".join(lines)
    signature = ", ".join(parameters)
    after = f'#line 1 "forward of {request["lines"]}"\n' if request["lines"] else ""
    return {"source": f"{spaced(runs[0].extensions, request)}\n{after}#include <torch/extension.h>\n\n"
                      f"// What ModelNew.forward does, as it was traced.\n"
                      + "".join(f"//   {note}\n" for note in notes) +
                      f"std::vector<torch::Tensor> assay_forward({signature}) {{\n{end}\n}}\n"
                      "PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def(\"forward\", &assay_forward); }\n",
            "arguments": names + list(workloads[0].numbers), "notes": notes}


def place(error):
    """The last line of the candidate that led to an error."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == FILE]
    return lines[-1] if lines else 0


def answer(text):
    request = json.loads(text)
    try:
        return json.dumps(convert(request))
    except SyntaxError as error:
        fault = {"kind": "syntax", "what": f"no Python: {error.msg}", "line": error.lineno or 0}
    except Unsupported as error:
        fault = {"kind": "unsupported", "what": str(error), "line": place(error)}
    except RecursionError as error:
        fault = {"kind": "error", "what": "RecursionError", "line": 0}
    except (Exception, SystemExit, KeyboardInterrupt) as error:
        fault = {"kind": "error", "what": f"{type(error).__name__}: {error}", "line": place(error)}
    return json.dumps({"fault": fault})
