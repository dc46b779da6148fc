"""torch.nn: modules as holders of parameters, and as the operators that they are."""
import sys
import types
from collections import OrderedDict

import torch
from assay_trace import Tensor, Unsupported, sizes, told


def __getattr__(name):
    return torch.missing(f"torch.nn.{name}")


class Parameter(Tensor):
    """A tensor that the task passes; which one, its shape and its place among the others tell (assay_kernelbench.py). One
    that is made of others of the module (`nn.Parameter(self.weight.t())`) is what they are."""

    def __init__(self, data=None, requires_grad=True):
        super().__init__(None, () if data is None else data._shape, None if data is None else data._dtype)
        self.requires_grad = requires_grad
        self.key, self.fallback = None, None
        self.source = data if parameters_in(data) else None

    def ref(self):
        if self.key is None and self.source is not None:
            return self.source.ref()
        if self.key is None:
            raise Unsupported("it uses a parameter that is no attribute of ModelNew")
        return f"@{self.key}@"


def parameters_in(value):
    """The parameters that a tensor is computed from: what is not computed yet is a function that holds its operands."""
    if isinstance(value, Parameter):
        return [value] if value.source is None else parameters_in(value.source)
    if isinstance(value, (list, tuple)):
        return [found for item in value for found in parameters_in(item)]
    held = value._make if isinstance(value, Tensor) else value
    return [found for cell in getattr(held, "__closure__", None) or () for found in parameters_in(cell.cell_contents)]


class Module:
    training = True

    def __init__(self, *_, **__):
        pass

    def __call__(self, *arguments, **named):
        return self.forward(*arguments, **named)

    def register_buffer(self, name, tensor, persistent=True):
        setattr(self, name, tensor)

    def register_parameter(self, name, parameter):
        setattr(self, name, parameter)

    def add_module(self, name, module):
        setattr(self, name, module)

    def named_parameters(self, prefix=""):
        """In the order in which __init__ makes them."""
        for name, value in vars(self).items():
            if isinstance(value, Parameter):
                yield prefix + name, value
            elif isinstance(value, Module):
                yield from value.named_parameters(prefix + name + ".")

    def parameters(self):
        return (parameter for _, parameter in self.named_parameters())

    def modules(self):
        yield self
        for value in vars(self).values():
            if isinstance(value, Module):
                yield from value.modules()

    def children(self):
        return (value for value in vars(self).values() if isinstance(value, Module))

    def apply(self, function):
        for module in self.modules():
            function(module)
        return self

    def train(self, mode=True):
        for module in self.modules():
            module.training = mode
        return self

    def eval(self):
        return self.train(False)

    def same(self, *_, **__):
        return self

    cuda = cpu = to = float = half = double = requires_grad_ = same

    def state_dict(self):
        raise Unsupported("state_dict() is not supported")

    load_state_dict = state_dict


def parameter_of(*shape):
    return Parameter(torch.drawn(*shape))


class Statistic(Parameter):
    """A buffer that the task may pass, as rk_resnet_block does; else it is what a new module has."""

    def __init__(self, value, *shape):
        super().__init__(torch.drawn(*shape))
        self.fallback = f"torch::full({sizes(shape)}, {value}, torch::TensorOptions(torch::kFloat32).device(torch::kCUDA))"


def each(value, dimensions):
    return tuple(value) if isinstance(value, (list, tuple)) else (value,) * dimensions


class Linear(Module):
    def __init__(self, in_features, out_features, bias=True, device=None, dtype=None):
        self.in_features, self.out_features = in_features, out_features
        self.weight = parameter_of(out_features, in_features)
        self.bias = parameter_of(out_features) if bias else None

    def forward(self, x):
        return functional.linear(x, self.weight, self.bias)


class Convolution(Module):
    dimensions = 2
    transposed = False

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, *more, dilation=1, groups=1, bias=True,
                 output_padding=0, padding_mode="zeros", device=None, dtype=None):
        if more:  # by position they differ
            names = ("output_padding", "groups", "bias", "dilation") if self.transposed else ("dilation", "groups", "bias")
            given = dict(zip(names, more))
            dilation, groups = given.get("dilation", dilation), given.get("groups", groups)
            bias, output_padding = given.get("bias", bias), given.get("output_padding", output_padding)
        if padding_mode != "zeros":
            raise Unsupported(f"padding_mode='{padding_mode}' is not supported")
        d = self.dimensions
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size, self.stride, self.dilation = each(kernel_size, d), each(stride, d), each(dilation, d)
        self.padding = padding if isinstance(padding, str) else each(padding, d)
        self.output_padding = each(output_padding, d)
        first, second = (in_channels, out_channels) if self.transposed else (out_channels, in_channels)
        grouped = second if isinstance(groups, int) and groups == 1 else second // groups
        self.weight = parameter_of(first, grouped, *self.kernel_size)
        self.bias = parameter_of(out_channels) if bias else None

    def forward(self, x, output_size=None):
        if self.transposed:
            function = getattr(functional, f"conv_transpose{self.dimensions}d")
            return function(x, self.weight, self.bias, self.stride, self.padding, self.output_padding, self.groups,
                            self.dilation)
        function = getattr(functional, f"conv{self.dimensions}d")
        return function(x, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups)


for _d in (1, 2, 3):
    globals()[f"Conv{_d}d"] = type(f"Conv{_d}d", (Convolution,), {"dimensions": _d})
    globals()[f"ConvTranspose{_d}d"] = type(f"ConvTranspose{_d}d", (Convolution,), {"dimensions": _d, "transposed": True})


class BatchNorm(Module):
    def __init__(self, num_features, eps=None, momentum=0.1, affine=True, track_running_stats=True, **_):
        self.num_features, self.momentum, self.affine = num_features, momentum, affine
        self.eps = told("eps", eps, 1e-5)
        self.weight = parameter_of(num_features) if affine else None
        self.bias = parameter_of(num_features) if affine else None
        self.running_mean, self.running_var = Statistic(0.0, num_features), Statistic(1.0, num_features)

    def forward(self, x):
        return functional.batch_norm(x, None, None, self.weight, self.bias, self.training, self.momentum, self.eps)


class InstanceNorm(Module):
    def __init__(self, num_features, eps=None, momentum=0.1, affine=False, track_running_stats=False, **_):
        self.num_features, self.eps = num_features, told("eps", eps, 1e-5)
        self.weight = parameter_of(num_features) if affine else None
        self.bias = parameter_of(num_features) if affine else None

    def forward(self, x):
        return functional.instance_norm(x, None, None, self.weight, self.bias, eps=self.eps)


for _d in (1, 2, 3):
    globals()[f"BatchNorm{_d}d"] = type(f"BatchNorm{_d}d", (BatchNorm,), {})
    globals()[f"InstanceNorm{_d}d"] = type(f"InstanceNorm{_d}d", (InstanceNorm,), {})


class GroupNorm(Module):
    def __init__(self, num_groups, num_channels, eps=None, affine=True, **_):
        self.num_groups, self.num_channels, self.eps = num_groups, num_channels, told("eps", eps, 1e-5)
        self.weight = parameter_of(num_channels) if affine else None
        self.bias = parameter_of(num_channels) if affine else None

    def forward(self, x):
        return functional.group_norm(x, self.num_groups, self.weight, self.bias, self.eps)


class LayerNorm(Module):
    def __init__(self, normalized_shape, eps=None, elementwise_affine=True, bias=True, **_):
        self.normalized_shape, self.eps = each(normalized_shape, 1), told("eps", eps, 1e-5)
        self.weight = parameter_of(*self.normalized_shape) if elementwise_affine else None
        self.bias = parameter_of(*self.normalized_shape) if elementwise_affine and bias else None

    def forward(self, x):
        return functional.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)


def stateless(name, function, *names):
    """A module that keeps the arguments of a function."""
    def __init__(self, *arguments, **named):
        self.named = dict(zip(names, arguments)) | named
        self.named.pop("inplace", None)
        for key, value in self.named.items():
            setattr(self, key, value)

    def forward(self, x):
        return function(x, **self.named)
    return type(name, (Module,), {"__init__": __init__, "forward": forward})


def functional_(name):
    return lambda x, **named: getattr(functional, name)(x, **named)


for _name, _function, *_names in [
        ("ReLU", "relu"), ("Sigmoid", "sigmoid"), ("Tanh", "tanh"), ("SiLU", "silu"), ("Mish", "mish"),
        ("Softplus", "softplus"), ("Hardswish", "hardswish"), ("Hardsigmoid", "hardsigmoid"), ("Softsign", "softsign"),
        ("GELU", "gelu", "approximate"), ("ReLU6", "relu6"), ("LeakyReLU", "leaky_relu", "negative_slope"),
        ("ELU", "elu", "alpha"), ("Hardtanh", "hardtanh", "min_val", "max_val"), ("Softmax", "softmax", "dim"),
        ("LogSoftmax", "log_softmax", "dim"), ("SELU", "selu"), ("CELU", "celu", "alpha")]:
    globals()[_name] = stateless(_name, functional_(_function), *_names)
for _d in (1, 2, 3):
    globals()[f"MaxPool{_d}d"] = stateless(f"MaxPool{_d}d", functional_(f"max_pool{_d}d"), "kernel_size", "stride",
                                           "padding", "dilation", "return_indices", "ceil_mode")
    globals()[f"AvgPool{_d}d"] = stateless(f"AvgPool{_d}d", functional_(f"avg_pool{_d}d"), "kernel_size", "stride", "padding",
                                           "ceil_mode", "count_include_pad")
    globals()[f"AdaptiveAvgPool{_d}d"] = stateless(f"AdaptiveAvgPool{_d}d", functional_(f"adaptive_avg_pool{_d}d"),
                                                   "output_size")
Flatten = stateless("Flatten", lambda x, start_dim=1, end_dim=-1: torch.flatten(x, start_dim, end_dim), "start_dim", "end_dim")
Identity = stateless("Identity", lambda x: x)


class Sequential(Module):
    def __init__(self, *modules):
        if len(modules) == 1 and isinstance(modules[0], OrderedDict):
            modules = list(modules[0].items())
        else:
            modules = [(str(i), module) for i, module in enumerate(modules)]
        for name, module in modules:
            setattr(self, name, module)

    def __iter__(self):
        return iter(list(self.children()))

    def __getitem__(self, index):
        return list(self.children())[index]

    def __len__(self):
        return len(list(self.children()))

    def forward(self, x):
        for module in self:
            x = module(x)
        return x


class Loss(Module):
    def __init__(self, reduction="mean", **named):
        self.reduction, self.named = reduction, named

    def forward(self, x, target):
        return getattr(functional, self.function)(x, target, reduction=self.reduction, **self.named)


for _name, _function in {"MSELoss": "mse_loss", "L1Loss": "l1_loss", "SmoothL1Loss": "smooth_l1_loss",
                         "HuberLoss": "huber_loss", "KLDivLoss": "kl_div"}.items():
    globals()[_name] = type(_name, (Loss,), {"function": _function})


class Dropout(Module):
    def __init__(self, p=0.5, inplace=False):
        self.p = p

    def forward(self, x):
        return functional.dropout(x, self.p, self.training)


Dropout1d = Dropout2d = Dropout3d = Dropout


class ModuleDict(Module):
    def __init__(self, modules=None):
        for name, module in (modules or {}).items():
            setattr(self, name, module)

    def __getitem__(self, name):
        return getattr(self, name)

    def __setitem__(self, name, module):
        setattr(self, name, module)

    def __contains__(self, name):
        return name in vars(self)

    def keys(self):
        return [name for name, value in vars(self).items() if isinstance(value, Module)]

    def items(self):
        return [(name, self[name]) for name in self.keys()]

    def values(self):
        return [self[name] for name in self.keys()]


class ModuleList(Sequential):
    def __init__(self, modules=()):
        super().__init__(*modules)

    def append(self, module):
        setattr(self, str(len(self)), module)


class ParameterList(Module):
    def __init__(self, values=()):
        for i, value in enumerate(values):
            setattr(self, str(i), value)

    def __getitem__(self, index):
        return list(self.parameters())[index]

    def __iter__(self):
        return iter(list(self.parameters()))


init = types.ModuleType("torch.nn.init")  # parameters get the task's values, whatever __init__ draws
init.__getattr__ = lambda name: (lambda tensor, *_, **__: tensor)
init.calculate_gain = lambda *_: 1.0
init._calculate_fan_in_and_fan_out = lambda tensor: (1, 1)
init._calculate_correct_fan = lambda *_: 1
sys.modules["torch.nn.init"] = init
parameter = types.ModuleType("torch.nn.parameter")
parameter.Parameter = Parameter
sys.modules["torch.nn.parameter"] = parameter
modules = types.ModuleType("torch.nn.modules")
modules.Module = Module
sys.modules["torch.nn.modules"] = modules

from torch.nn import functional  # noqa: E402
torch.jit.ScriptModule = Module
