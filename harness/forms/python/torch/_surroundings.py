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
                 amp=types.SimpleNamespace(autocast=autocast), nvtx=types.SimpleNamespace(range=no_grad))
amp = submodule("amp", autocast=autocast)
kinds_of_attention = {f"enable_{kind}_sdp": lambda *_: None for kind in ("flash", "math", "mem_efficient", "cudnn")}
backends = submodule("backends", cudnn=Settings(), mkldnn=Settings(),
                     cuda=Settings(matmul=Settings(), is_built=lambda: True, **kinds_of_attention))


def same_function(function=None, *_, **__):
    return function if function is not None else lambda inner: inner


jit = submodule("jit", is_scripting=lambda: False, is_tracing=lambda: False, **dict.fromkeys(
    ("script", "script_method", "trace", "freeze", "optimize_for_inference", "ignore", "unused", "export"), same_function))
version = submodule("version", cuda="13.0")
