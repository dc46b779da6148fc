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

    def mask(self, name, *shape):
        return self.store(name, torch.randint(0, 2, shape, generator=self.random).bool(), "bool")

    def store(self, name, tensor, dtype):
        self.inputs[name] = {"dtype": dtype, "shape": list(tensor.shape), "values": tensor.flatten().tolist()}
        return tensor

    def case(self, call, expected):
        if isinstance(expected, torch.Tensor) and expected.dtype == torch.float64:
            dtype = "element"
        else:
            dtype = "int64"
        self.cases.append({"call": call, "dtype": dtype, "shape": list(expected.shape) or [1],
                           "values": expected.flatten().tolist()})

    def write(self):
        text = "{\n"
        text += f' "headers": {json.dumps(self.headers)},\n "inputs": {{\n'
        text += ",\n".join(f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in self.inputs.items())
        text += '\n },\n "cases": [\n'
        text += ",\n".join("  " + json.dumps(case) for case in self.cases)
        (HERE / "fixtures" / f"{self.name}.json").write_text(text + "\n ]\n}\n")


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
    g.case("dropout(x, keep, 0.25, out)", x * keep / 0.75)
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
    g.case("global_avg_pool(x3, out)", F.adaptive_avg_pool3d(x3, 1))
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
    g.case("masked_cumsum(x, mask, {}, out)", (x * mask).cumsum(1))
    g.write()


def loss():
    g = Group("loss", "loss")
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
    g.write()


def attention():
    g = Group("attention", "attention")
    q, k, v = g.input("q", 2, 3, 7, 20), g.input("k", 2, 3, 11, 20), g.input("v", 2, 3, 11, 5)
    g.case("attention(q, k, v, out)", F.scaled_dot_product_attention(q, k, v))
    g.write()


def layout():
    g = Group("layout", "layout")
    x = g.input("x", 37, 70)
    g.case("transpose(x, out)", x.T)
    g.write()


if __name__ == "__main__":
    (HERE / "fixtures").mkdir(exist_ok=True)
    for write in (elementwise, activation, matmul, convolution, conv_transpose, pooling, normalization, softmax, reduce,
                  scan, loss, attention, layout):
        write()
