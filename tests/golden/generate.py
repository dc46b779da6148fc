#!/usr/bin/env python3
"""Writes the fixtures of the golden tests: operators of reference/ops beside what PyTorch computes for them.

    python3 -m venv venv && venv/bin/pip install torch && venv/bin/python tests/golden/generate.py

A case is one line: the name, the call in C++ (which writes to `out`), the same call in PyTorch, in float64. Both see the
same inputs. Input values are multiples of 1/32 below 4 in magnitude: fp64, fp32, fp16 and bf16 hold all of them, so that
one fixture serves every element type. golden_test.cpp reads the fixtures; PyTorch is not needed to run it.
"""
import json
import pathlib

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
HERE = pathlib.Path(__file__).parent


def hashed(i):
    """The i-th value of a long input: splitmix64's finalizer, modulo 255."""
    i = (i + 1) * 0x9E3779B97F4A7C15 % 2**64
    i = (i ^ i >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    i = (i ^ i >> 27) * 0x94D049BB133111EB % 2**64
    return ((i ^ i >> 31) % 255 - 127) / 32


class Group:
    """One fixture: inputs, and cases over them. `headers`: of reference/ops."""

    def __init__(self, name, *headers):
        self.name, self.headers, self.inputs, self.cases = name, headers, {}, []
        self.random = torch.Generator().manual_seed(len(name) * 1000 + sum(map(ord, name)))

    def input(self, name, *shape, low=-127, high=127, distinct=False):
        count = torch.Size(shape).numel()
        if distinct:  # so that an argmax has one answer
            values = torch.randperm(255, generator=self.random)[:count] - 127
        else:
            values = torch.randint(low, high + 1, (count,), generator=self.random)
        return self.store(name, (values.double() / 32).reshape(shape), "element")

    def long(self, name, *shape):
        """Too many values for a file: the test makes them by the same formula."""
        values = torch.tensor([hashed(i) for i in range(torch.Size(shape).numel())]).reshape(shape)
        self.inputs[name] = {"dtype": "element", "shape": list(shape), "values": "hashed"}
        return values

    def integers(self, name, *shape, high):
        return self.store(name, torch.randint(0, high, shape, generator=self.random), "int64")

    def small_integers(self, name, *shape, high):
        return self.store(name, torch.randint(0, high, shape, generator=self.random, dtype=torch.int32), "int32")

    def mask(self, name, *shape):
        return self.store(name, torch.randint(0, 2, shape, generator=self.random).bool(), "bool")

    def store(self, name, tensor, dtype):
        self.inputs[name] = {"dtype": dtype, "shape": list(tensor.shape), "values": tensor.flatten().tolist()}
        return tensor

    def case(self, call, expected):
        if isinstance(expected, torch.Tensor) and expected.dtype == torch.float64:
            dtype = "element"
        else:
            dtype = "int32" if expected.dtype == torch.int32 else "int64"
        self.cases.append({"call": call, "dtype": dtype, "shape": list(expected.shape) or [1],
                           "values": expected.flatten().tolist()})

    def write(self):
        text = "{\n"
        text += f' "headers": {json.dumps(self.headers)},\n "inputs": {{\n'
        text += ",\n".join(f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in self.inputs.items())
        text += '\n },\n "cases": [\n'
        text += ",\n".join("  " + json.dumps(case) for case in self.cases)
        (HERE / "fixtures" / f"{self.name}.json").write_text(text + "\n ]\n}\n")


def gradients(dy, function, *tensors):
    """Those of `tensors`, from dy, the gradient of function(*tensors)."""
    leaves = [tensor.clone().requires_grad_() for tensor in tensors]
    return torch.autograd.grad(function(*leaves), leaves, dy)


def elementwise():
    g = Group("elementwise", "elementwise")
    x, y = g.input("x", 3, 5, 7), g.input("y", 3, 5, 7, low=8)
    channel, plane, one = g.input("channel", 5, 1, low=1), g.input("plane", 3, 1, 7), g.input("one", 1, low=3)
    keep = g.mask("keep", 3, 5, 7)
    for name, function in (("add", torch.add), ("subtract", torch.sub), ("multiply", torch.mul),
                           ("minimum", torch.minimum), ("maximum", torch.maximum)):
        g.case(f"{name}(x, y, out)", function(x, y))
        g.case(f"{name}(x, channel, out)", function(x, channel))
        g.case(f"{name}(x, 0.75, out)", function(x, torch.tensor(0.75)))
    g.case("add(channel, plane, out)", channel + plane)
    g.case("multiply(one, x, out)", one * x)
    g.case("divide(x, y, out)", x / y)
    g.case("divide(x, channel, out)", x / channel)
    g.case("divide(x, 1.5, out)", x / 1.5)
    g.case("clamp(x, -0.5, 1.25, out)", torch.clamp(x, -0.5, 1.25))
    g.case("clamp(y, 1.0, 1.0, out)", torch.clamp(y, 1.0, 1.0))
    g.case("dropout(x, keep, 0.25, out)", x * keep / 0.75)
    g.case("dropout(x, keep, 0.0, out)", x * keep)
    g.case("convert<element>(keep, out)", keep.double())
    g.case("convert<element>(convert<f32>(x), out)", x)
    g.write()


def activation():
    g = Group("activation", "activation")
    x = g.input("x", 4, 31)
    g.case("relu(x, out)", F.relu(x))
    g.case("leaky_relu(x, 0.01, out)", F.leaky_relu(x))
    g.case("leaky_relu(x, 0.25, out)", F.leaky_relu(x, 0.25))
    g.case("elu(x, 1.0, out)", F.elu(x))
    g.case("elu(x, 0.5, out)", F.elu(x, 0.5))
    g.case("selu(x, out)", F.selu(x))
    g.case("sigmoid(x, out)", torch.sigmoid(x))
    g.case("swish(x, out)", F.silu(x))
    g.case("ops::tanh(x, out)", torch.tanh(x))
    g.case("gelu(x, out)", F.gelu(x))
    g.case("gelu_tanh(x, out)", F.gelu(x, approximate="tanh"))
    g.case("softplus(x, out)", F.softplus(x))
    g.case("mish(x, out)", F.mish(x))
    g.case("softsign(x, out)", F.softsign(x))
    g.case("hard_sigmoid(x, out)", F.hardsigmoid(x))
    g.case("hard_swish(x, out)", F.hardswish(x))
    g.case("hard_tanh(x, -1, 1, out)", F.hardtanh(x))
    g.case("hard_tanh(x, -0.5, 2, out)", F.hardtanh(x, -0.5, 2))
    # Integers from -127 to 127, on a shape of its own: where e^x overflows, and where a result is 0, 1 or x itself.
    # Not softplus: PyTorch's is x itself from 20 on.
    large = g.input("large", 2, 3, 1, 67)
    for name, function in (("relu", F.relu), ("selu", F.selu), ("sigmoid", torch.sigmoid), ("swish", F.silu),
                           ("ops::tanh", torch.tanh), ("gelu", F.gelu), ("mish", F.mish),
                           ("gelu_tanh", lambda v: F.gelu(v, approximate="tanh")), ("softsign", F.softsign),
                           ("hard_sigmoid", F.hardsigmoid), ("hard_swish", F.hardswish)):
        g.case(f"{name}(multiply(large, 32.0), out)", function(large * 32))
    g.write()


def matmul():
    g = Group("matmul", "matmul")
    a, b, at, bt = g.input("a", 19, 23), g.input("b", 23, 67), g.input("at", 23, 19), g.input("bt", 67, 23)
    batch, more = g.input("batch", 3, 5, 23), g.input("more", 3, 23, 7)
    batch_t, four = g.input("batch_t", 3, 23, 5), g.input("four", 2, 3, 4, 23)
    square, other, bias = g.input("square", 70, 70), g.input("other", 70, 70), g.input("bias", 67)
    long_a, long_b, vector = g.long("long_a", 3, 4097), g.long("long_b", 4097, 2), g.input("vector", 23)
    g.case("matmul(a, b, out)", a @ b)
    g.case("matmul(transposed(at), b, out)", at.T @ b)
    g.case("matmul(a, transposed(bt), out)", a @ bt.T)
    g.case("matmul(transposed(at), transposed(bt), out)", at.T @ bt.T)
    g.case("matmul(batch, more, out)", batch @ more)
    g.case("matmul(batch, b, out)", batch @ b)
    g.case("matmul(transposed(batch_t), b, out)", batch_t.transpose(1, 2) @ b)
    g.case("matmul(four, b, out)", four @ b)
    g.case("matmul(upper(square), upper(other), out)", torch.triu(square) @ torch.triu(other))
    g.case("matmul(lower(square), lower(other), out)", torch.tril(square) @ torch.tril(other))
    g.case("matmul(long_a, long_b, out)", long_a @ long_b)
    g.case("matvec(a, vector, out)", a @ vector)
    g.case("matvec(long_a, tensor(long_b.data, 4097), out)", long_a @ long_b.flatten()[:4097])
    g.case("linear(a, bt, bias, out)", F.linear(a, bt, bias))
    g.case("linear(four, bt, bias, out)", F.linear(four, bt, bias))
    g.case("linear(a, bt, out)", F.linear(a, bt))
    g.write()


def convolution():
    g = Group("convolution", "convolution")
    x1, w1, b6 = g.input("x1", 2, 4, 29), g.input("w1", 6, 4, 5), g.input("b6", 6)
    x2, w2, w2a = g.input("x2", 2, 4, 11, 13), g.input("w2", 6, 4, 3, 3), g.input("w2a", 6, 4, 3, 5)
    x3, w3 = g.input("x3", 2, 4, 5, 7, 6), g.input("w3", 6, 4, 2, 3, 1)
    grouped, depthwise, multiplier = g.input("grouped", 6, 2, 3, 3), g.input("depthwise", 4, 1, 3, 5), g.input(
        "multiplier", 8, 1, 3, 3)
    g.case("conv1d(x1, w1, b6, {}, out)", F.conv1d(x1, w1, b6))
    g.case("conv1d(x1, w1, {}, {.stride = 3, .padding = 2, .dilation = 4}, out)",
           F.conv1d(x1, w1, None, 3, 2, 4))
    g.case("conv2d(x2, w2, b6, {.padding = 1}, out)", F.conv2d(x2, w2, b6, padding=1))
    g.case("conv2d(x2, w2a, b6, {.stride = {2, 3}, .padding = {1, 4}, .dilation = {2, 3}}, out)",
           F.conv2d(x2, w2a, b6, (2, 3), (1, 4), (2, 3)))
    g.case("conv2d(x2, grouped, b6, {.stride = 2, .groups = 2}, out)", F.conv2d(x2, grouped, b6, 2, groups=2))
    g.case("conv2d(x2, depthwise, {}, {.padding = {0, 2}, .groups = 4}, out)",
           F.conv2d(x2, depthwise, None, padding=(0, 2), groups=4))
    g.case("conv2d(x2, multiplier, {}, {.groups = 4}, out)", F.conv2d(x2, multiplier, None, groups=4))
    g.case("conv3d(x3, w3, b6, {}, out)", F.conv3d(x3, w3, b6))
    g.case("conv3d(x3, w3, {}, {.stride = {2, 1, 2}, .padding = {1, 2, 0}, .dilation = {1, 2, 1}}, out)",
           F.conv3d(x3, w3, None, (2, 1, 2), (1, 2, 0), (1, 2, 1)))
    grouped1, grouped3, depthwise3 = g.input("grouped1", 6, 2, 5), g.input("grouped3", 6, 2, 3, 2, 2), g.input(
        "depthwise3", 4, 1, 2, 2, 3)
    g.case("conv1d(x1, grouped1, b6, {.stride = 2, .padding = 3, .groups = 2}, out)",
           F.conv1d(x1, grouped1, b6, 2, 3, groups=2))
    g.case("conv3d(x3, grouped3, b6, {.padding = 1, .groups = 2}, out)", F.conv3d(x3, grouped3, b6, 1, 1, groups=2))
    g.case("conv3d(x3, depthwise3, {}, {.stride = {1, 2, 1}, .groups = 4}, out)",
           F.conv3d(x3, depthwise3, None, (1, 2, 1), groups=4))
    # More channels than a tile of the product is high, and one position.
    wide = g.long("wide", 130, 4, 11, 13)
    g.case("conv2d(x2, wide, {}, {}, out)", F.conv2d(x2, wide))
    g.write()


def conv_transpose():
    g = Group("conv_transpose", "convolution")
    x1, w1, b6 = g.input("x1", 2, 4, 13), g.input("w1", 4, 6, 5), g.input("b6", 6)
    x2, w2, w2a = g.input("x2", 2, 4, 5, 7), g.input("w2", 4, 6, 3, 3), g.input("w2a", 4, 6, 3, 5)
    x3, w3 = g.input("x3", 1, 4, 3, 4, 5), g.input("w3", 4, 6, 2, 3, 5)
    grouped = g.input("grouped", 4, 3, 3, 5)
    g.case("conv_transpose1d(x1, w1, b6, {}, out)", F.conv_transpose1d(x1, w1, b6))
    g.case("conv_transpose1d(x1, w1, b6, {.stride = 2, .padding = 1, .dilation = 2}, out)",
           F.conv_transpose1d(x1, w1, b6, 2, 1, 0, 1, 2))
    g.case("conv_transpose1d(x1, w1, {}, {.dilation = 3}, out)", F.conv_transpose1d(x1, w1, dilation=3))
    g.case("conv_transpose2d(x2, w2, b6, {}, out)", F.conv_transpose2d(x2, w2, b6))
    g.case("conv_transpose2d(x2, w2, b6, {.stride = 2, .padding = 1, .output_padding = 1}, out)",
           F.conv_transpose2d(x2, w2, b6, 2, 1, 1))
    g.case("conv_transpose2d(x2, w2, b6, {.stride = 5, .padding = 1, .dilation = 2}, out)",
           F.conv_transpose2d(x2, w2, b6, 5, 1, 0, 1, 2))
    g.case("conv_transpose2d(x2, w2a, {}, {.stride = {3, 2}, .padding = {1, 2}, .dilation = {2, 4}}, out)",
           F.conv_transpose2d(x2, w2a, None, (3, 2), (1, 2), 0, 1, (2, 4)))
    g.case("conv_transpose2d(x2, grouped, b6, {.stride = {2, 3}, .padding = {1, 2}, .dilation = {2, 1}, .groups = 2}, "
           "out)", F.conv_transpose2d(x2, grouped, b6, (2, 3), (1, 2), 0, 2, (2, 1)))
    g.case("conv_transpose3d(x3, w3, b6, {}, out)", F.conv_transpose3d(x3, w3, b6))
    g.case("conv_transpose3d(x3, w3, {}, {.stride = 2, .padding = {0, 1, 2}, .output_padding = 1}, out)",
           F.conv_transpose3d(x3, w3, None, 2, (0, 1, 2), 1))
    grouped1, grouped3 = g.input("grouped1", 4, 3, 4), g.input("grouped3", 4, 2, 3, 2, 3)
    g.case("conv_transpose1d(x1, grouped1, b6, {.stride = 3, .padding = 2, .groups = 2}, out)",
           F.conv_transpose1d(x1, grouped1, b6, 3, 2, 0, 2))
    g.case("conv_transpose3d(x3, grouped3, {}, {.stride = {2, 1, 3}, .padding = 1, .dilation = {1, 2, 2}, .groups = 2}, "
           "out)", F.conv_transpose3d(x3, grouped3, None, (2, 1, 3), 1, 0, 2, (1, 2, 2)))
    g.write()


def pooling():
    g = Group("pooling", "pooling")
    x1, x2, x3 = g.input("x1", 2, 3, 37), g.input("x2", 2, 3, 13, 17), g.input("x3", 2, 2, 9, 10, 11)
    g.case("max_pool(x1, {.kernel = 8, .stride = 1, .padding = 4, .dilation = 3}, out)", F.max_pool1d(x1, 8, 1, 4, 3))
    g.case("max_pool(x2, {.kernel = 4, .stride = 1, .padding = 1}, out)", F.max_pool2d(x2, 4, 1, 1))
    g.case("max_pool(x2, {.kernel = {2, 3}, .stride = {3, 2}, .padding = {0, 1}}, out)",
           F.max_pool2d(x2, (2, 3), (3, 2), (0, 1)))
    g.case("max_pool(x2, {.kernel = 4, .stride = 3, .padding = 1, .ceil = true}, out)",
           F.max_pool2d(x2, 4, 3, 1, ceil_mode=True))
    g.case("max_pool(x3, {.kernel = 3, .stride = 2, .padding = 1, .dilation = 3}, out)", F.max_pool3d(x3, 3, 2, 1, 3))
    g.case("max_pool(x3, {.kernel = 2}, out)", F.max_pool3d(x3, 2))
    g.case("avg_pool(x1, {.kernel = 8, .stride = 1, .padding = 4}, out)", F.avg_pool1d(x1, 8, 1, 4))
    g.case("avg_pool(x2, {.kernel = 5}, out)", F.avg_pool2d(x2, 5))
    g.case("avg_pool(x2, {.kernel = 3, .stride = 2, .padding = 1, .count_padding = false}, out)",
           F.avg_pool2d(x2, 3, 2, 1, count_include_pad=False))
    g.case("avg_pool(x2, {.kernel = 4, .stride = 3, .padding = 1, .ceil = true}, out)",
           F.avg_pool2d(x2, 4, 3, 1, ceil_mode=True))
    g.case("avg_pool(x3, {.kernel = 3, .stride = 2, .padding = 1}, out)", F.avg_pool3d(x3, 3, 2, 1))
    g.case("adaptive_avg_pool(x2, {5, 7}, out)", F.adaptive_avg_pool2d(x2, (5, 7)))
    g.case("adaptive_avg_pool(x3, {2, 3, 4}, out)", F.adaptive_avg_pool3d(x3, (2, 3, 4)))
    g.case("adaptive_avg_pool(x1, 37, out)", F.adaptive_avg_pool1d(x1, 37))
    g.case("global_avg_pool(x3, out)", F.adaptive_avg_pool3d(x3, 1))
    g.case("global_avg_pool(x2, out)", F.adaptive_avg_pool2d(x2, 1))
    g.case("global_avg_pool(x1, out)", F.adaptive_avg_pool1d(x1, 1))
    g.write()


def normalization():
    g = Group("normalization", "normalization")
    x, flat, long_row = g.input("x", 3, 6, 5, 7), g.input("flat", 37, 6), g.long("long_row", 2, 2, 129, 131)
    w6, b6, w2, b2 = g.input("w6", 6), g.input("b6", 6), g.input("w2", 2), g.input("b2", 2)
    probe = g.input("probe", 131)
    w57, b57 = g.input("w57", 5, 7), g.input("b57", 5, 7)
    for call, tensor, weight, bias in (("x, w6, b6", x, w6, b6), ("flat, w6, b6", flat, w6, b6),
                                       ("x, {}, {}", x, None, None)):
        g.case(f"batch_norm({call}, 1e-3, out)", F.batch_norm(tensor, None, None, weight, bias, True, 0.1, 1e-3))
    g.case("instance_norm(x, 0.5, out)", F.instance_norm(x, eps=0.5))
    g.case("group_norm(x, 3, w6, b6, 1e-5, out)", F.group_norm(x, 3, w6, b6))
    g.case("group_norm(x, 1, {}, {}, 0.25, out)", F.group_norm(x, 1, eps=0.25))
    g.case("group_norm(flat, 2, w6, b6, 1e-5, out)", F.group_norm(flat, 2, w6, b6))
    g.case("layer_norm(flat, w6, b6, 1e-5, out)", F.layer_norm(flat, (6,), w6, b6))
    g.case("layer_norm(x, w57, b57, 0.125, out)", F.layer_norm(x, (5, 7), w57, b57, 0.125))
    g.case("rms_norm(x, 1, 1e-5, out)", x / torch.sqrt((x * x).mean(1, keepdim=True) + 1e-5))
    g.case("rms_norm(flat, -1, 0.5, out)", F.rms_norm(flat, (6,), eps=0.5))
    g.case("l1_normalize(flat, 1, out)", flat / flat.abs().mean(1, keepdim=True))
    g.case("l1_normalize(x, {1, 2}, out)", x / x.abs().mean((1, 2), keepdim=True))
    g.case("weighted_rms_norm(flat, w6, 0.25, out)", F.rms_norm(flat, (6,), w6, 0.25))
    g.case("weighted_rms_norm(x, w57, 1e-3, out)", F.rms_norm(x, (5, 7), w57, 1e-3))
    mean6, variance6 = g.input("mean6", 6), g.input("variance6", 6, low=8)
    g.case("batch_norm_inference(x, mean6, variance6, w6, b6, 1e-3, out)",
           F.batch_norm(x, mean6, variance6, w6, b6, False, 0.1, 1e-3))
    g.case("batch_norm_inference(flat, mean6, variance6, w6, b6, 0.5, out)",
           F.batch_norm(flat, mean6, variance6, w6, b6, False, 0.1, 0.5))
    g.case("l2_normalize(flat, 1, out)", flat / torch.norm(flat, dim=1, keepdim=True))
    g.case("l2_normalize(x, {0, -1}, out)", x / torch.norm(x))
    # Rows that several blocks share. A normalised row adds up to nothing, so each column is weighted by another input.
    for call, y in (("batch_norm(long_row, w2, b2, 1e-5)", F.batch_norm(long_row, None, None, w2, b2, True)),
                    ("instance_norm(long_row, 1e-5)", F.instance_norm(long_row)),
                    ("group_norm(long_row, 1, w2, b2, 1e-5)", F.group_norm(long_row, 1, w2, b2))):
        g.case(f"sum(multiply({call}, probe), 2, out)", (y * probe).sum(2))
    g.write()


def softmax():
    g = Group("softmax", "softmax")
    x, rows = g.input("x", 3, 5, 37), g.input("rows", 3, 500)
    for dim in (-1, 1, 0):
        g.case(f"softmax(x, {dim}, out)", torch.softmax(x, dim))
        g.case(f"log_softmax(x, {dim}, out)", torch.log_softmax(x, dim))
        g.case(f"logsumexp(x, {dim}, out)", torch.logsumexp(x, dim))
    g.case("softmax(rows, 1, out)", torch.softmax(rows, 1))
    g.case("logsumexp(rows, 1, out)", torch.logsumexp(rows, 1))
    g.write()


def reduce():
    g = Group("reduce", "reduce")
    x, long_row = g.input("x", 3, 4, 5, 37), g.long("long_row", 2, 40001)
    distinct = g.input("distinct", 5, 7, 6, distinct=True)
    near_one = g.input("near_one", 3, 11, 9, low=24, high=40)
    for call, dims in (("0", (0,)), ("1", (1,)), ("-1", (3,)), ("{1, 2}", (1, 2)), ("{2, -1}", (2, 3)),
                       ("{0, -1}", (0, 1, 2, 3))):
        g.case(f"sum(x, {call}, out)", x.sum(dims))
        g.case(f"mean(x, {call}, out)", x.mean(dims))
        g.case(f"ops::max(x, {call}, out)", x.amax(dims))
        g.case(f"ops::min(x, {call}, out)", x.amin(dims))
        g.case(f"l2_norm(x, {call}, out)", torch.linalg.vector_norm(x, dim=dims))
    g.case("product(near_one, 1, out)", near_one.prod(1))
    g.case("product(near_one, -1, out)", near_one.prod(-1))
    g.case("sum(long_row, 1, out)", long_row.sum(1))
    g.case("logsumexp(long_row, 1, out)", torch.logsumexp(long_row, 1))
    for dim in (0, 1, 2):
        g.case(f"argmax(distinct, {dim}, out)", distinct.argmax(dim))
        g.case(f"argmin(distinct, {dim}, out)", distinct.argmin(dim))
    g.write()


def scan():
    g = Group("scan", "scan", "elementwise")
    x, mask, long_row = g.input("x", 3, 300), g.mask("mask", 3, 300), g.long("long_row", 2, 5003)
    near_one, digest = g.input("near_one", 3, 300, low=31, high=33), g.long("digest", 5003)
    g.case("cumsum(x, {}, out)", x.cumsum(1))
    g.case("cumsum(x, {.reverse = true}, out)", x.flip(1).cumsum(1).flip(1))
    g.case("cumsum(x, {.exclusive = true}, out)", x.cumsum(1) - x)
    g.case("cumsum(x, {.reverse = true, .exclusive = true}, out)", x.flip(1).cumsum(1).flip(1) - x)
    for options, y in (("{}", long_row.cumsum(1)), ("{.reverse = true}", long_row.flip(1).cumsum(1).flip(1)),
                       ("{.exclusive = true}", long_row.cumsum(1) - long_row)):
        g.case(f"sum(multiply(cumsum(long_row, {options}), digest), 1, out)", (y * digest).sum(1))
    g.case("cumprod(near_one, {}, out)", near_one.cumprod(1))
    g.case("cumprod(near_one, {.reverse = true}, out)", near_one.flip(1).cumprod(1).flip(1))
    masked = x * mask
    g.case("masked_cumsum(x, mask, {}, out)", masked.cumsum(1))
    g.case("masked_cumsum(x, mask, {.reverse = true}, out)", masked.flip(1).cumsum(1).flip(1))
    g.case("masked_cumsum(x, mask, {.exclusive = true}, out)", masked.cumsum(1) - masked)
    g.write()


def loss():
    g = Group("loss", "loss", "elementwise", "layout")
    x, y, z = g.input("x", 37, 11), g.input("y", 37, 11), g.input("z", 37, 11)
    p, q = g.input("p", 37, 11, low=1), g.input("q", 37, 11, low=1)
    labels = g.integers("labels", 37, high=11)
    signs = g.store("signs", torch.randint(0, 2, (11,), generator=g.random) * 2.0 - 1, "element")
    g.case("mse_loss(x, y, out)", F.mse_loss(x, y))
    g.case("smooth_l1_loss(x, y, out)", F.smooth_l1_loss(x, y))
    g.case("kl_divergence(p, q, out)", F.kl_div(p.log(), q, reduction="batchmean"))
    g.case("cross_entropy(x, labels, out)", F.cross_entropy(x, labels))
    g.case("hinge_loss(x, signs, out)", torch.clamp(1 - x * signs, min=0).mean())
    g.case("triplet_margin_loss(x, y, z, 1.0, out)", F.triplet_margin_loss(x, y, z, 1.0))
    g.case("triplet_margin_loss(x, y, z, 0.125, out)", F.triplet_margin_loss(x, y, z, 0.125))
    # So many elements that several blocks share the sum, and rows longer than a block.
    long_x, long_y = g.long("long_x", 13, 3001), g.long("long_y", 13, 3001).flip(0)
    many = g.integers("many", 13, high=3001)
    long_signs = g.store("long_signs", torch.randint(0, 2, (3001,), generator=g.random) * 2.0 - 1, "element")
    for call, function in (("mse_loss", F.mse_loss), ("smooth_l1_loss", F.smooth_l1_loss)):
        g.case(f"{call}(long_x, flip(long_y, 0), out)", function(long_x, long_y))
    g.case("cross_entropy(long_x, many, out)", F.cross_entropy(long_x, many))
    g.case("cross_entropy(multiply(long_x, 32.0), many, out)", F.cross_entropy(long_x * 32, many))
    g.case("hinge_loss(long_x, long_signs, out)", torch.clamp(1 - long_x * long_signs, min=0).mean())
    g.case("kl_divergence(q, p, out)", F.kl_div(q.log(), p, reduction="batchmean"))
    g.write()


def attention():
    g = Group("attention", "attention")
    q, k, v = g.input("q", 2, 3, 7, 20), g.input("k", 2, 3, 11, 20), g.input("v", 2, 3, 11, 5)
    g.case("attention(q, k, v, out)", F.scaled_dot_product_attention(q, k, v))
    # One head of one row; more rows, columns and features than a tile; scores far apart.
    one, long_k, long_v = g.input("one", 1, 1, 3), g.input("long_k", 1, 131, 3), g.long("long_v", 1, 131, 67)
    long_q, narrow_v = g.input("long_q", 1, 70, 3), g.input("narrow_v", 1, 131, 2)
    g.case("attention(one, long_k, long_v, out)", F.scaled_dot_product_attention(one, long_k, long_v))
    g.case("attention(long_q, long_k, narrow_v, out)", F.scaled_dot_product_attention(long_q, long_k, narrow_v))
    g.case("attention(multiply(long_q, 32.0), long_k, narrow_v, out)",
           F.scaled_dot_product_attention(long_q * 32, long_k, narrow_v))
    g.write()


def indexing():
    g = Group("indexing", "indexing")
    x = g.input("x", 3, 17, 5)
    places = g.integers("places", 7, high=17)
    columns = g.integers("columns", 4, high=5)
    each = g.integers("each", 3, 6, 5, high=17)
    g.case("index_select(x, 1, places, out)", x.index_select(1, places))
    g.case("index_select(x, -1, columns, out)", x.index_select(-1, columns))
    g.case("take_along(x, 1, each, out)", x.gather(1, each))
    distinct = g.input("distinct", 2, 37, 3, distinct=True)
    g.case("topk_places(distinct, 4, 1, false, out)", distinct.topk(4, dim=1).indices)
    g.case("topk_places(distinct, 37, 1, true, out)", distinct.topk(37, dim=1, largest=False).indices)
    g.case("topk_places(distinct, 1, -1, false, out)", distinct.topk(1, dim=-1).indices)
    g.case("take_along(distinct, 1, topk_places(distinct, 5, 1, true), out)",
           distinct.topk(5, dim=1, largest=False).values)
    g.write()


def blas():
    g = Group("blas", "blas")
    batch, m, n, k = 2, 9, 11, 70
    # Of matrices with rows further apart than they are wide, the first of three columns are no part.
    a, at = g.input("a", batch, m, k + 3), g.input("at", batch, k, m + 2)
    b, bt = g.input("b", batch, k, n + 1), g.input("bt", batch, n, k + 5)
    for name, left, right, turned in (("a, b", a[..., :k], b[..., :n], "false, false"),
                                      ("a, bt", a[..., :k], bt[..., :k], "false, true"),
                                      ("at, b", at[..., :m], b[..., :n], "true, false"),
                                      ("at, bt", at[..., :m], bt[..., :k], "true, true")):
        left = left.transpose(1, 2) if turned.startswith("true") else left
        right = right.transpose(1, 2) if turned.endswith("true") else right
        shapes = {"a": (k + 3, m * (k + 3)), "at": (m + 2, k * (m + 2)), "b": (n + 1, k * (n + 1)), "bt": (k + 5, n * (k + 5))}
        (ls, lb), (rs, rb) = (shapes[matrix] for matrix in name.split(", "))
        g.case(f"scaled_product<{turned}>({name}, {{{m}, {n}, {k}, {batch}, {ls}, {rs}, {n}, {lb}, {rb}, {m * n}}}, 0.5, 0, Out<element>(out))",
               0.5 * left @ right)
    g.write()


def layout():
    g = Group("layout", "layout")
    x, y, z = g.input("x", 37, 70), g.input("y", 3, 5, 7, 2), g.input("z", 3, 4, 7, 2)
    labels, one = g.integers("labels", 6, 11, high=1000), g.input("one", 5, 1)
    g.case("transpose(x, out)", x.T)
    g.case("transpose(x.reshape(2590, 1), out)", x.reshape(2590, 1).T)
    g.case("permute(y, Shape(0, 2, 3, 1), out)", y.permute(0, 2, 3, 1))
    g.case("permute(y, Shape(3, 1, 0, 2), out)", y.permute(3, 1, 0, 2))
    g.case("permute(labels, Shape(1, 0), out)", labels.T)
    g.case("slice(x, 1, 3, 20, 3, out)", x[:, 3:63:3])
    g.case("slice(y, -2, 6, 1, 1, out)", y[:, :, 6:7])
    g.case("slice(labels, 0, 1, 3, 2, out)", labels[1::2])
    g.case("flip(y, 1, out)", y.flip(1))
    g.case("flip(x, -1, out)", x.flip(1))
    g.case("expand(one, Shape(3, 5, 4), out)", one.expand(3, 5, 4))
    g.case("expand(x, Shape(2, 37, 70), out)", x.expand(2, 37, 70))
    g.case("concatenate<element>(1, out, y, z)", torch.cat((y, z), 1))
    g.case("concatenate<element>(-4, out, y, y, y)", torch.cat((y, y, y), 0))
    g.case("concatenate<index_t>(1, out, labels, labels)", torch.cat((labels, labels), 1))
    g.case("pad(y, {.before = {1, 2}, .after = {3, 0}, .value = 0.5}, out)", F.pad(y, (2, 0, 1, 3), value=0.5))
    g.case("pad(x, {.before = 4, .dimensions = 1}, out)", F.pad(x, (4, 0)))
    g.case("pad(x, {.before = -2, .after = -3, .dimensions = 1}, out)", F.pad(x, (-2, -3)))
    g.case("pad(y, {.before = {1, 0, 1}, .after = {0, 2, 1}, .dimensions = 3}, out)", F.pad(y, (1, 1, 0, 2, 1, 0)))
    g.case("pad(y, {.before = {3, 1}, .after = {2, 1}, .border = Border::Reflect}, out)",
           F.pad(y, (1, 1, 3, 2), "reflect"))
    g.case("pad(y, {.before = {0, 2}, .after = {3, 1}, .border = Border::Replicate}, out)",
           F.pad(y, (2, 1, 0, 3), "replicate"))
    g.case("pad(labels, {.before = 1, .after = 2, .dimensions = 1, .value = -1}, out)", F.pad(labels, (1, 2), value=-1))
    g.write()


def histogram():
    g = Group("histogram", "histogram")
    x, y = g.small_integers("x", 1009, high=37), g.small_integers("y", 300, high=5000)
    g.case("histogram(x, 37, out)", x.bincount(minlength=37).int())
    g.case("histogram(y, 5001, out)", y.bincount(minlength=5001).int())
    g.write()


def components(ends, nodes):
    """PyTorch has none."""
    labels = list(range(nodes))
    for _ in range(nodes):
        for a, b in ends.tolist():
            labels[a] = labels[b] = min(labels[a], labels[b])
    return torch.tensor(labels, dtype=torch.int32)


def graph():
    g = Group("graph", "graph")
    x = torch.tensor([int(hashed(i) * 32 + 127) % 211 for i in range(240)], dtype=torch.int32).reshape(120, 2)
    chain = torch.tensor([[599 - i, 600 - i] for i in range(600)], dtype=torch.int32)
    g.store("x", x, "int32")
    g.store("chain", chain, "int32")
    g.case("connected_components(x, 211, out)", components(x, 211))
    g.case("connected_components(chain, 700, out)", components(chain, 700))
    g.write()


def activation_backward():
    g = Group("activation_backward", "activation", "softmax", "loss")
    dy, x = g.input("dy", 4, 31), g.input("x", 4, 31)
    for call, function in (("relu_backward(dy, x, out)", F.relu),
                           ("leaky_relu_backward(dy, x, 0.25, out)", lambda v: F.leaky_relu(v, 0.25)),
                           ("leaky_relu_backward(dy, x, 0.01, out)", F.leaky_relu),
                           ("sigmoid_backward(dy, x, out)", torch.sigmoid),
                           ("tanh_backward(dy, x, out)", torch.tanh),
                           ("swish_backward(dy, x, out)", F.silu),
                           ("gelu_backward(dy, x, out)", F.gelu),
                           ("gelu_tanh_backward(dy, x, out)", lambda v: F.gelu(v, approximate="tanh"))):
        g.case(call, gradients(dy, function, x)[0])
    # Of the softmax's own result, as stored: what it would be in fp16 is not what this is about.
    d3, x3, long_d, long_x = g.input("d3", 3, 5, 37), g.input("x3", 3, 5, 37), g.input("long_d", 2, 500), g.input(
        "long_x", 2, 500)
    for dim in (-1, 1, 0):
        g.case(f"softmax_backward(d3, softmax(x3, {dim}), {dim}, out)",
               gradients(d3, lambda v: torch.softmax(v, dim), x3)[0])
        g.case(f"log_softmax_backward(d3, log_softmax(x3, {dim}), {dim}, out)",
               gradients(d3, lambda v: torch.log_softmax(v, dim), x3)[0])
    g.case("softmax_backward(long_d, softmax(long_x, 1), 1, out)",
           gradients(long_d, lambda v: torch.softmax(v, 1), long_x)[0])
    labels, dloss = g.integers("labels", 37, high=11), g.input("dloss", 1, low=40)
    logits = g.input("logits", 37, 11)
    g.case("cross_entropy_backward(dloss, logits, labels, out)",
           gradients(dloss[0], lambda v: F.cross_entropy(v, labels), logits)[0])
    few = g.integers("few", 2, high=500)
    g.case("cross_entropy_backward(dloss, long_x, few, out)",
           gradients(dloss[0], lambda v: F.cross_entropy(v, few), long_x)[0])
    # Integers from -127 to 127, where e^x overflows.
    steep = x * 32
    for call, function in (("sigmoid_backward", torch.sigmoid), ("tanh_backward", torch.tanh),
                           ("swish_backward", F.silu), ("gelu_backward", F.gelu),
                           ("gelu_tanh_backward", lambda v: F.gelu(v, approximate="tanh"))):
        g.case(f"{call}(dy, multiply(x, 32.0), out)", gradients(dy, function, steep)[0])
    g.write()


def matmul_backward():
    g = Group("matmul_backward", "matmul", "attention")
    a, b, dc = g.input("a", 19, 23), g.input("b", 23, 67), g.input("dc", 19, 67)
    batch_a, batch_b, batch_d = g.input("batch_a", 3, 5, 23), g.input("batch_b", 3, 23, 7), g.input("batch_d", 3, 5, 7)
    x, weight, bias, dy = g.input("x", 2, 3, 4, 23), g.input("weight", 11, 23), g.input("bias", 11), g.input(
        "dy", 2, 3, 4, 11)
    long_x, long_d = g.long("long_x", 4099, 3), g.long("long_d", 4099, 2)
    for left, right, d, of_left, of_right in (("a", "b", "dc", *gradients(dc, torch.matmul, a, b)),
                                              ("batch_a", "batch_b", "batch_d",
                                               *gradients(batch_d, torch.matmul, batch_a, batch_b))):
        g.case(f"matmul_backward_left({d}, {right}, out)", of_left)
        g.case(f"matmul_backward_right({d}, {left}, out)", of_right)
    dx, dweight, dbias = gradients(dy, F.linear, x, weight, bias)
    g.case("linear_backward_input(dy, weight, out)", dx)
    g.case("linear_backward_input(dc, wide, out)", dc @ g.long("wide", 67, 129))
    g.case("linear_backward_weight(dy, x, out)", dweight)
    g.case("linear_backward_bias(dy, out)", dbias)
    g.case("linear_backward_weight(long_d, long_x, out)", long_d.T @ long_x)
    g.case("linear_backward_bias(long_d, out)", long_d.sum(0))
    q, k, v, d = g.input("q", 2, 3, 7, 20), g.input("k", 2, 3, 11, 20), g.input("v", 2, 3, 11, 5), g.input(
        "d", 2, 3, 7, 5)
    dq, dk, dv = gradients(d, F.scaled_dot_product_attention, q, k, v)
    g.case("attention_backward(d, q, k, v, out, {}, {})", dq)
    g.case("attention_backward(d, q, k, v, {}, out, {})", dk)
    g.case("attention_backward(d, q, k, v, {}, {}, out)", dv)
    g.write()


def convolution_backward():
    g = Group("convolution_backward", "convolution_backward")

    def add(rank, options, x, weight, dy_name, tensors, **attributes):
        function = (F.conv1d, F.conv2d, F.conv3d)[rank - 1]
        y = function(tensors[x], tensors[weight], **attributes)
        dy = g.input(dy_name, *y.shape)
        dx, dweight = gradients(dy, lambda a, b: function(a, b, **attributes), tensors[x], tensors[weight])
        g.case(f"conv{rank}d_backward_input({dy_name}, {weight}, {x}.shape, {options}, out)", dx)
        g.case(f"conv{rank}d_backward_weight({dy_name}, {x}, {weight}.shape, {options}, out)", dweight)
        g.case(f"conv_backward_bias({dy_name}, out)", dy.flatten(2).sum((0, 2)))

    t = {name: g.input(name, *shape) for name, shape in (
        ("x1", (2, 4, 29)), ("w1", (6, 4, 5)), ("x2", (2, 4, 11, 13)), ("w2", (6, 4, 3, 3)), ("w2a", (6, 4, 3, 5)),
        ("grouped", (6, 2, 3, 3)), ("depthwise", (4, 1, 3, 5)), ("x3", (2, 4, 5, 7, 6)), ("w3", (6, 4, 2, 3, 1)))}
    add(1, "{}", "x1", "w1", "d1", t)
    add(1, "{.stride = 3, .padding = 2, .dilation = 4}", "x1", "w1", "d1a", t, stride=3, padding=2, dilation=4)
    add(2, "{.padding = 1}", "x2", "w2", "d2", t, padding=1)
    add(2, "{.stride = {2, 3}, .padding = {1, 4}, .dilation = {2, 3}}", "x2", "w2a", "d2a", t, stride=(2, 3),
        padding=(1, 4), dilation=(2, 3))
    add(2, "{.stride = 2, .groups = 2}", "x2", "grouped", "d2g", t, stride=2, groups=2)
    add(2, "{.padding = {0, 2}, .groups = 4}", "x2", "depthwise", "d2d", t, padding=(0, 2), groups=4)
    add(3, "{.stride = {2, 1, 2}, .padding = {1, 2, 0}, .dilation = {1, 2, 1}}", "x3", "w3", "d3", t, stride=(2, 1, 2),
        padding=(1, 2, 0), dilation=(1, 2, 1))
    t |= {"grouped1": g.input("grouped1", 6, 2, 5), "grouped3": g.input("grouped3", 6, 2, 2, 3, 1)}
    add(1, "{.padding = 1, .groups = 2}", "x1", "grouped1", "d1g", t, padding=1, groups=2)
    add(3, "{.padding = {0, 1, 1}, .groups = 2}", "x3", "grouped3", "d3g", t, padding=(0, 1, 1), groups=2)
    g.write()


def normalization_backward():
    g = Group("normalization_backward", "normalization_backward")
    x, dx = g.input("x", 3, 6, 5, 7), g.input("dx", 3, 6, 5, 7)
    flat, dflat = g.input("flat", 37, 6), g.input("dflat", 37, 6)
    w6, b6, w57, b57, probe = g.input("w6", 6), g.input("b6", 6), g.input("w57", 5, 7), g.input("b57", 5, 7), g.input(
        "probe", 131)
    tall, wide = g.long("tall", 2, 131, 5), g.long("wide", 5, 129, 131)
    for name, tensor, dy, weight, bias, eps, shape in (("flat", flat, dflat, w6, b6, 1e-3, (6,)),
                                                       ("x", x, dx, w57, b57, 0.125, (5, 7))):
        of_layer = gradients(dy, lambda a, b, c: F.layer_norm(a, shape, b, c, eps), tensor, weight, bias)
        of_rms = gradients(dy, lambda a, b: F.rms_norm(a, shape, b, eps), tensor, weight)
        for outs, expected in zip(("out", "{}, out", "{}, {}, out"), of_layer):
            g.case(f"layer_norm_backward(d{name}, {name}, w{''.join(map(str, shape))}, {eps}, {outs})", expected)
        for outs, expected in zip(("out", "{}, out"), of_rms):
            g.case(f"weighted_rms_norm_backward(d{name}, {name}, w{''.join(map(str, shape))}, {eps}, {outs})", expected)
    # So many rows, and rows so long, that several blocks share them.
    for outs, expected in zip(("out", "{}, out", "{}, {}, out"),
                              gradients(tall[1], lambda a, b, c: F.layer_norm(a, (5,), b, c, 1e-3), tall[0], w6[:5],
                                        b6[:5])):
        g.case(f"layer_norm_backward(tensor(tall.data + 655, 131, 5), tensor(tall.data, 131, 5), tensor(w6.data, 5), "
               f"1e-3, {outs})", expected)
    dy, long_x, weight = wide[:2], wide[2:4], wide[4]
    for name, function in (("layer_norm", lambda a, b: F.layer_norm(a, (129, 131), b, None, 1e-3)),
                           ("weighted_rms_norm", lambda a, b: F.rms_norm(a, (129, 131), b, 1e-3))):
        of_x, of_weight = gradients(dy, function, long_x, weight)
        call = (f"{name}_backward(tensor(wide.data, 2, 129, 131), tensor(wide.data + 2 * 16899, 2, 129, 131), "
                "tensor(wide.data + 4 * 16899, 129, 131), 1e-3)")
        g.case(f"sum(multiply({call}.x, probe), 2, out)", (of_x * probe).sum(2))
        g.case(f"sum(multiply({call}.weight, probe), 1, out)", (of_weight * probe).sum(1))
    g.write()


def pooling_backward():
    g = Group("pooling_backward", "pooling_backward")

    def add(function, name, x, options, **attributes):
        y = function(x, **attributes)
        index = len(g.cases)
        dy = g.input(f"d{index}", *y.shape)
        g.case(f"max_pool_backward(d{index}, {name}, {options}, out)",
               gradients(dy, lambda v: function(v, **attributes), x)[0])

    x1, x2, x3 = g.input("x1", 2, 3, 37), g.input("x2", 2, 3, 13, 17), g.input("x3", 2, 2, 9, 10, 11)
    ties = g.input("ties", 2, 3, 8, 9, low=-1, high=1)
    add(F.max_pool1d, "x1", x1, "{.kernel = 8, .stride = 1, .padding = 4, .dilation = 3}", kernel_size=8, stride=1,
        padding=4, dilation=3)
    add(F.max_pool2d, "x2", x2, "{.kernel = 2}", kernel_size=2)
    add(F.max_pool2d, "x2", x2, "{.kernel = {2, 3}, .stride = {3, 2}, .padding = {0, 1}}", kernel_size=(2, 3),
        stride=(3, 2), padding=(0, 1))
    add(F.max_pool2d, "x2", x2, "{.kernel = 4, .stride = 3, .padding = 1, .ceil = true}", kernel_size=4, stride=3,
        padding=1, ceil_mode=True)
    add(F.max_pool2d, "ties", ties, "{.kernel = 3, .stride = 2}", kernel_size=3, stride=2)
    add(F.max_pool3d, "x3", x3, "{.kernel = 3, .stride = 2, .padding = 1}", kernel_size=3, stride=2, padding=1)
    g.write()


if __name__ == "__main__":
    (HERE / "fixtures").mkdir(exist_ok=True)
    for write in (elementwise, activation, matmul, convolution, conv_transpose, pooling, normalization, softmax, reduce,
                  scan, loss, attention, layout, histogram, graph, activation_backward, matmul_backward,
                  convolution_backward, normalization_backward, pooling_backward, indexing, blas):
        write()
