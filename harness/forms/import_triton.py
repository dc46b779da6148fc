"""Triton kernels to PTX: run by `assay import triton` with the Python that has Triton, outside of the sandbox.

The file says what is launched in a dictionary `assay`:

    assay = {"launches": [{"kernel": add, "grid": ["ceil_div(n, 1024)"], "arguments": ["a", "b", "c", "n"],
                           "constants": {"BLOCK": 1024}, "num_warps": 4, "num_stages": 3}],
             "scratch": {"partial": {"type": "*fp32", "bytes": "4 * rows"}}}

Grids and arguments are those of candidate.json; arguments are for the kernel's parameters that are no constants, in
order. Types are the task's. No GPU is needed: Triton compiles for the architecture that it is given."""
import json
import os
import re
import runpy
import sys


def compiled(launch, types, architecture):
    os.environ.setdefault("TRITON_DEFAULT_FP_FUSION", "1")  # what it does today, said so that it does not ask
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource
    kernel, constants = launch["kernel"], launch.get("constants", {})
    names = [name for name in kernel.arg_names if name not in constants]
    if len(names) != len(launch["arguments"]):
        sys.exit(f"{kernel.__name__} takes {len(names)} arguments besides its constants, not {len(launch['arguments'])}: "
                 + ", ".join(names))
    signature, attributes = {}, {}
    for i, name in enumerate(kernel.arg_names):
        if name in constants:
            signature[name] = "constexpr"
            continue
        argument = str(launch["arguments"][names.index(name)])
        signature[name] = types.get(argument) or ("fp32" if "." in argument else "i32")
        if signature[name].startswith("*"):
            attributes[(i,)] = [["tt.divisibility", 16]]  # buffers are aligned
    source = ASTSource(kernel, signature, constexprs=constants, attrs=attributes)
    options = {key: launch[key] for key in ("num_warps", "num_stages") if key in launch}
    return triton.compile(source, target=GPUTarget("cuda", architecture, 32), options=options)


def without_debugging(ptx):
    """PTX without what names this machine's files: line information and sections for debuggers."""
    ptx = re.sub(r"^\s*\.section\s+\.\w+\s*\{.*?^\s*\}\n", "", ptx, flags=re.M | re.S)
    return "".join(line + "\n" for line in ptx.splitlines()
                   if not re.match(r"\s*(\.loc|\.file)\b|\$L__(tmp|func_begin|func_end)\w*:|\s*//", line)
                   ).replace(", debug", "")


def main():
    try:
        import triton  # noqa: F401
    except ImportError:
        sys.exit(f"{sys.executable} has no Triton: pip install triton, or --python with one that has")
    file, folder, architecture, task, types = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4], json.loads(sys.argv[5])
    names = runpy.run_path(file)
    if not isinstance(names.get("assay"), dict) or not names["assay"].get("launches"):
        sys.exit("the file has no dictionary `assay` with \"launches\": see assay import triton --help")
    scratch = names["assay"].get("scratch", {})
    types.update({name: what["type"] for name, what in scratch.items()})
    modules, launches = {}, []
    for launch in names["assay"]["launches"]:
        result = compiled(launch, types, architecture)
        metadata, ptx = result.metadata, without_debugging(result.asm["ptx"])
        name = metadata.name
        if modules.setdefault(name, ptx) != ptx:  # the same kernel with other constants
            name = f"{name}_{len(modules)}"
            modules[name] = re.sub(rf"\b{metadata.name}\b", name, ptx)
        count = len(re.findall(r"\.param\b", re.search(r"\.entry\s+\w+\s*\((.*?)\)", ptx, re.S)[1]))
        arguments = [str(a) for a in launch["arguments"]]
        arguments += ["0"] * (count - len(arguments))  # Triton's own scratch, which these kernels do not use
        launches.append({"kernel": name, "grid": [str(g) for g in launch["grid"]], "block": [32 * metadata.num_warps, 1, 1],
                         "shared": metadata.shared, "arguments": arguments})
    text, shared = "", set()
    for i, ptx in enumerate(modules.values()):
        for line in ptx.splitlines():
            if i > 0 and re.match(r"\.(version|target|address_size)\b", line):
                continue  # once for all
            if line.startswith(".extern .shared"):
                if line in shared:
                    continue
                shared.add(line)
            text += line + "\n"
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "kernel.ptx"), "w") as out:
        out.write(text)
    candidate = {"name": os.path.splitext(os.path.basename(file))[0], "task": task, "source": "kernel.ptx",
                 "launches": launches}
    if scratch:
        candidate["scratch"] = {name: what["bytes"] for name, what in scratch.items()}
    with open(os.path.join(folder, "candidate.json"), "w") as out:
        out.write(json.dumps(candidate, indent=2) + "\n")


main()
