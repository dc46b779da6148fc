"""What surrounds tensors: gradients, compilation, devices, settings. Little of it means anything here."""
import contextlib
import sys
import types

from assay_trace import Absent, Tensor, Unsupported, graph


class no_grad(contextlib.ContextDecorator):
    """Any context that changes nothing that a task could see."""

    def __init__(self, *_, **__):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False

    def __call__(self, function):
        return function


enable_grad = inference_mode = no_grad


class autocast(no_grad):
    def __init__(self, *_, enabled=True, **__):
        if enabled:
            raise Unsupported("autocast changes the precision of what it surrounds, which is not supported")


class Stream(no_grad):
    """A stream or an event: all is in the order in which it is called."""
    cuda_stream = 0

    def nothing(self, *_, **__):
        return self

    synchronize = wait_stream = wait_event = record = record_event = wait = query = nothing

    def elapsed_time(self, *_):
        return 1.0


class CUDAGraph:
    """What is captured is written down where it is replayed."""

    def __init__(self, *_, **__):
        self.lines, self.start, self.replayed = [], None, False

    def capture_begin(self, *_, **__):
        self.start = len(graph.lines)

    def capture_end(self):
        self.lines = graph.lines[self.start:]
        del graph.lines[self.start:]

    def replay(self):
        for line in self.lines:
            graph.emit(line.removeprefix("auto ") if self.replayed else line)  # a variable is declared once
        self.replayed = True

    def reset(self):
        pass

    def pool(self):
        return None


class capture(no_grad):
    """torch.cuda.graph"""

    def __init__(self, cuda_graph, *_, **__):
        self.cuda_graph = cuda_graph

    def __enter__(self):
        self.cuda_graph.capture_begin()

    def __exit__(self, *_):
        self.cuda_graph.capture_end()
        return False


class Settings(types.SimpleNamespace):
    """Flags that change nothing here."""
    enabled = allow_tf32 = True
    benchmark = deterministic = allow_fp16_reduced_precision_reduction = False
    benchmark_limit = 10

    def is_available(self):
        return True

    def version(self):
        return 90100

    def flags(self, *_, **__):
        return no_grad()


class Generator:
    def __init__(self, *_, **__):
        pass

    def manual_seed(self, *_):
        return self


def compile(model=None, **_):
    return model if model is not None else lambda function: function


def manual_seed(*_):
    pass


def is_grad_enabled():
    return False


def set_float32_matmul_precision(*_):
    pass


set_grad_enabled = no_grad


def submodule(name, **members):
    module = types.ModuleType(f"torch.{name}")
    for key, value in members.items():
        setattr(module, key, value)
    module.__getattr__ = lambda member: missing(f"torch.{name}.{member}")
    sys.modules[f"torch.{name}"] = module
    return module


def missing(name):
    if name.rpartition(".")[2].startswith("__"):
        raise AttributeError(name)
    raise Absent(f"{name} is not supported")


def tensor_attribute(x, name):
    if name.startswith("__"):
        raise AttributeError(name)
    raise Absent(f"Tensor.{name} is not supported")


Tensor.__getattr__ = tensor_attribute
Tensor.record_stream = Tensor.register_hook = lambda x, *_: None


def same_function(function=None, *_, **__):
    return function if function is not None else lambda inner: inner


class Function:
    """torch.autograd.Function: only forward is of interest."""

    class Context:
        saved_tensors = ()
        needs_input_grad = (False,) * 64

        def nothing(self, *_):
            pass

        save_for_backward = mark_non_differentiable = set_materialize_grads = mark_dirty = nothing

    @classmethod
    def apply(cls, *arguments):
        return cls.forward(cls.Context(), *arguments)


class Properties:
    name, major, minor, multi_processor_count, total_memory, warp_size = "Assay", 9, 0, 132, 80 << 30, 32


autograd = submodule("autograd", Function=Function)
cuda = submodule("cuda", CUDAGraph=CUDAGraph, graph=capture, graph_pool_handle=lambda: None,
                 make_graphed_callables=lambda callables, *_, **__: callables, is_available=lambda: True,
                 synchronize=lambda *_: None, current_device=lambda: 0,
                 device_count=lambda: 1, get_device_capability=lambda *_: (9, 0), empty_cache=lambda: None,
                 manual_seed=lambda *_: None, manual_seed_all=lambda *_: None, get_device_name=lambda *_: "Assay",
                 get_device_properties=lambda *_: Properties(), Stream=Stream, Event=Stream, current_stream=lambda *_: Stream(),
                 default_stream=lambda *_: Stream(), stream=no_grad, device=no_grad, set_device=lambda *_: None,
                 amp=types.SimpleNamespace(autocast=autocast, custom_fwd=same_function, custom_bwd=same_function), nvtx=types.SimpleNamespace(range=no_grad))
amp = submodule("amp", autocast=autocast, custom_fwd=same_function, custom_bwd=same_function)
sys.modules["torch.cuda.amp"] = cuda.amp
kinds_of_attention = {f"enable_{kind}_sdp": lambda *_: None for kind in ("flash", "math", "mem_efficient", "cudnn")}
backends = submodule("backends", cudnn=Settings(), mkldnn=Settings(),
                     cuda=Settings(matmul=Settings(), is_built=lambda: True, **kinds_of_attention))


jit = submodule("jit", is_scripting=lambda: False, is_tracing=lambda: False, **dict.fromkeys(
    ("script", "script_method", "trace", "freeze", "optimize_for_inference", "ignore", "unused", "export"), same_function))
version = submodule("version", cuda="13.0")


class Operators:
    """torch.ops: what the file registers by torch.library, and what its extensions do by TORCH_LIBRARY."""
    registered = {}

    class Space:
        def __init__(self, name):
            self.name = name

        def __getattr__(self, name):
            if name.startswith("__"):
                raise AttributeError(name)
            found = Operators.registered.get(f"{self.name}::{name}") or cpp_extension().operator(self.name, name)
            return found or missing(f"torch.ops.{self.name}.{name}")

    def __getattr__(self, name):
        return Operators.Space(name)

    def load_library(self, path):
        raise Unsupported("torch.ops.load_library is not supported: build the extension with load_inline or load")


def cpp_extension():
    return sys.modules["torch.utils.cpp_extension"]


class Operator:
    """One that torch.library registers: only what it computes is of interest."""

    def __init__(self, name, function):
        self.function, self.default = function, function
        Operators.registered[name.partition("(")[0]] = self

    def __call__(self, *arguments, **named):
        return self.function(*arguments, **named)

    def same(self, *_, **__):
        return same_function

    register_fake = register_kernel = impl_abstract = same

    def register_autograd(self, *_, **__):
        pass


def custom_op(name, function=None, **_):
    return Operator(name, function) if function is not None else lambda inner: Operator(name, inner)


def register_operator(name, kinds=None, function=None, **_):
    """torch.library.impl(name, "cuda", f), also as a decorator."""
    def register(inner):
        if str(kinds).lower() in ("cuda", "none", "default") or "cuda" in str(kinds).lower() or "Composite" in str(kinds):
            Operator(name, inner)
        return inner
    return register(function) if function is not None else register


class Library:
    def __init__(self, space, *_, **__):
        self.space = space

    def define(self, schema, *_, **__):
        return schema.partition("(")[0]

    def impl(self, name, function, kinds="CUDA", **_):
        register_operator(f"{self.space}::{str(name).rpartition('::')[2]}", kinds, function)


ops = Operators()
library = submodule("library", custom_op=custom_op, impl=register_operator, Library=Library, define=lambda *_, **__: None,
                    register_fake=lambda *_, **__: same_function, impl_abstract=lambda *_, **__: same_function,
                    register_autograd=lambda *_, **__: None, register_kernel=lambda name, kinds, function=None, **_:
                    register_operator(name, kinds, function), triton_op=custom_op)
