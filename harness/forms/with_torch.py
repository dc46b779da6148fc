"""Runs a module with PyTorch itself, on inputs that Assay has drawn: python with_torch.py FOLDER.

FOLDER/request.json says what to run, and FOLDER/result.json what came of it; tensors are files of raw elements beside them.
Run by the user's own Python, with the user's rights."""
import array
import ast
import json
import pathlib
import sys
import traceback

folder = pathlib.Path(sys.argv[1])


def finish(**result):
    (folder / "result.json").write_text(json.dumps(result))
    sys.exit(0)


try:
    import torch
except ImportError as error:
    finish(missing=str(error))

request = json.loads((folder / "request.json").read_text())
device = "cuda" if torch.cuda.is_available() else "cpu"
where = {"version": torch.__version__, "device": torch.cuda.get_device_name() if device == "cuda" else "the CPU"}
if request["needs_gpu"] and device == "cpu":
    finish(**where)
torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False


def plain(value):
    return tuple(plain(v) for v in value) if isinstance(value, list) else value


def load(source, overrides):
    """The file's names, with the task's numbers in the place of its own at the top."""
    class Numbers(ast.NodeTransformer):
        def visit_Module(self, node):
            for statement in node.body:
                if isinstance(statement, ast.Assign) and all(isinstance(t, ast.Name) for t in statement.targets):
                    names = [t.id for t in statement.targets if t.id in overrides]
                    if names and isinstance(statement.value, ast.Constant):
                        statement.value = ast.copy_location(ast.Constant(overrides[names[0]]), statement.value)
            return node
    names = {"__name__": "candidate", "__file__": request["name"]}
    exec(compile(Numbers().visit(ast.parse(source)), request["name"], "exec"), names)
    return names


def run(case):
    inputs = {}
    for name, spec in case["inputs"].items():
        data = bytearray((folder / spec["file"]).read_bytes())
        inputs[name] = torch.frombuffer(data, dtype=getattr(torch, spec["dtype"])).reshape(spec["shape"]).to(device)
    model = load(request["source"], case["overrides"])[request["class"]](*plain(case["init"]), **{
        name: plain(value) for name, value in case["named"].items()})
    model = model.to(device)
    for module in model.modules():  # a layer that is not told its eps has PyTorch's, which is the task's to vary
        if getattr(module, "eps", None) == 1e-5 and "eps" in case["numbers"]:
            module.eps = case["numbers"]["eps"]
    parameters = dict(model.named_parameters())
    with torch.no_grad():
        for key, name in case["parameters"].items():
            parameters[key].copy_(inputs[name].reshape(parameters[key].shape))
        result = model(*[inputs[a["input"]] if isinstance(a, dict) else plain(a) for a in case["forward"]])
    return list(result) if isinstance(result, (list, tuple)) else [result]


try:
    outputs = []
    for index, case in enumerate(request["cases"]):
        files = []
        for place, tensor in enumerate(run(case)):
            file = f"output{index}_{place}.bin"
            values = tensor.detach().to("cpu", torch.float64).flatten().tolist()
            (folder / file).write_bytes(array.array("d", values).tobytes())
            files.append({"file": file, "elements": tensor.numel()})
        outputs.append(files)
    finish(outputs=outputs, **where)
except Exception as error:
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == request["name"]]
    finish(error=f"{type(error).__name__}: {error}", line=lines[-1] if lines else 0)
