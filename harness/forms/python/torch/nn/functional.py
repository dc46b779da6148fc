"""torch.nn.functional"""
import torch
from assay_trace import Unknown, Unsupported, call, cpp, sizes, text_of, told
from torch import log_softmax, softmax  # noqa: F401
from torch._types import method, shape_of
from torch import hardsigmoid, hardswish, mish, relu, sigmoid, silu, softplus, tanh  # noqa: F401

def __getattr__(name):
    return torch.missing(f"torch.nn.functional.{name}")


def each(value):
    """An attribute of a window as C++: a number for all dimensions or a list."""
    return sizes(value) if isinstance(value, (list, tuple)) else sizes([value])


def at(value, dimension):
    return value[dimension] if isinstance(value, (list, tuple)) else value


def eps_text(eps):
    return text_of(told("eps", eps, 1e-5))


def done(x, result, inplace):
    return torch.in_place(x, result) if inplace else result


def gelu(x, approximate="none"):
    return method(x, lambda x: f"torch::gelu({x}, {cpp(approximate)})")


def leaky_relu(x, negative_slope=0.01, inplace=False):
    return done(x, method(x, lambda x: f"torch::leaky_relu({x}, {text_of(negative_slope)})"), inplace)


def elu(x, alpha=1.0, inplace=False):
    return done(x, method(x, lambda x: f"torch::elu({x}, {text_of(alpha)})"), inplace)


def hardtanh(x, min_val=-1.0, max_val=1.0, inplace=False):
    return done(x, torch.clamp(x, min_val, max_val), inplace)


def relu6(x, inplace=False):
    return done(x, torch.clamp(x, 0.0, 6.0), inplace)


def selu(x, inplace=False):
    return done(x, method(x, "torch::selu({})"), inplace)


def celu(x, alpha=1.0, inplace=False):
    return done(x, torch.clamp(x, min=0.0) + torch.clamp(torch.exp(x / alpha) * alpha - alpha, max=0.0), inplace)


def logsigmoid(x):
    return -softplus(-x)


def glu(x, dim=-1):
    a, b = torch.chunk(x, 2, dim)
    return a * sigmoid(b)


def normalize(x, p=2.0, dim=1, eps=1e-12):
    return x / torch.norm(x, p, dim, True).clamp_min(eps)


def pad(x, pad, mode="constant", value=None):
    if mode != "constant":
        raise Unsupported(f"padding with mode='{mode}' is not supported")
    shape = shape_of(x) and list(shape_of(x))
    for i, width in enumerate(pad if shape else []):
        shape[-1 - i // 2] = shape[-1 - i // 2] + width
    return method(x, lambda x: f"torch::constant_pad_nd({x}, {sizes(pad)}, {text_of(value or 0)})", shape)


def loss(each_element, reduction):
    if reduction == "none":
        return each_element
    return torch.mean(each_element) if reduction == "mean" else torch.sum(each_element)


def mse_loss(x, target, reduction="mean"):
    return loss(torch.square(x - target), reduction)


def l1_loss(x, target, reduction="mean"):
    return loss(torch.abs(x - target), reduction)


def huber_loss(x, target, reduction="mean", delta=1.0):
    distance = torch.abs(x - target)
    return loss(torch.where(distance < delta, torch.square(distance) * 0.5, distance * delta - 0.5 * delta * delta), reduction)


def smooth_l1_loss(x, target, reduction="mean", beta=1.0):
    return huber_loss(x, target, reduction, beta) / beta if beta != 1.0 else huber_loss(x, target, reduction)


def kl_div(x, target, reduction="mean", log_target=False):
    terms = torch.exp(target) * (target - x) if log_target else target * (torch.log(target) - x)
    return torch.sum(terms) / x.shape[0] if reduction == "batchmean" else loss(terms, reduction)


relu_ = torch.relu_


def leaky_relu_(x, negative_slope=0.01):
    return leaky_relu(x, negative_slope, True)


def elu_(x, alpha=1.0):
    return elu(x, alpha, True)


def hardtanh_(x, min_val=-1.0, max_val=1.0):
    return hardtanh(x, min_val, max_val, True)


def softsign(x):
    return method(x, "torch::softsign({})")


def linear(x, weight, bias=None):
    shape = shape_of(x) and list(shape_of(x)[:-1]) + [shape_of(weight)[0] if shape_of(weight) else None]
    return call(lambda: f"torch::linear({cpp(x)}, {cpp(weight)}, {cpp(bias)})",
                None if shape is None or None in shape else shape, x._dtype)


def spatial(x, positions):
    """The shape of what a window makes, where all is known."""
    shape = shape_of(x)
    if shape is None or any(isinstance(s, Unknown) for s in shape):
        return None
    return [positions(d, int(s)) for d, s in enumerate(shape[2:])]


def convolution(name, x, weight, bias, stride, padding, dilation, groups):
    if isinstance(padding, str):
        if padding == "valid":
            padding = 0
        else:
            raise Unsupported("padding='same' is not supported")
    w = shape_of(weight)
    extents = w and spatial(x, lambda d, s: (s + 2 * at(padding, d) - at(dilation, d) * (w[2 + d] - 1) - 1) // at(stride, d) + 1)
    return call(lambda: f"torch::{name}({cpp(x)}, {cpp(weight)}, {cpp(bias)}, {each(stride)}, {each(padding)}, "
                        f"{each(dilation)}, {text_of(groups)})",
                extents and [shape_of(x)[0], w[0]] + extents, x._dtype)


def conv1d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    return convolution("conv1d", x, weight, bias, stride, padding, dilation, groups)


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    return convolution("conv2d", x, weight, bias, stride, padding, dilation, groups)


def conv3d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    return convolution("conv3d", x, weight, bias, stride, padding, dilation, groups)


def transposed(name, x, weight, bias, stride, padding, output_padding, groups, dilation):
    w = shape_of(weight)
    extents = w and spatial(x, lambda d, s: (s - 1) * at(stride, d) - 2 * at(padding, d) + at(dilation, d) * (w[2 + d] - 1)
                            + at(output_padding, d) + 1)
    return call(lambda: f"torch::{name}({cpp(x)}, {cpp(weight)}, {cpp(bias)}, {each(stride)}, {each(padding)}, "
                        f"{each(output_padding)}, {text_of(groups)}, {each(dilation)})",
                extents and [shape_of(x)[0], w[1] * groups] + extents, x._dtype)


def conv_transpose1d(x, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    return transposed("conv_transpose1d", x, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose2d(x, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    return transposed("conv_transpose2d", x, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose3d(x, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    return transposed("conv_transpose3d", x, weight, bias, stride, padding, output_padding, groups, dilation)


def pooled(x, kernel, stride, padding, dilation, up):
    stride = kernel if stride is None else stride
    if up:
        return None
    extents = spatial(x, lambda d, s: (s + 2 * at(padding, d) - at(dilation, d) * (at(kernel, d) - 1) - 1) // at(stride, d) + 1)
    return extents and list(shape_of(x)[:2]) + extents


def max_pool(dimensions):
    def function(x, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
        if return_indices:
            raise Unsupported("the indices of a max pooling are not supported")
        step = "{}" if stride is None else each(stride)
        return method(x, lambda x: f"torch::max_pool{dimensions}d({x}, {each(kernel_size)}, {step}, {each(padding)}, "
                                   f"{each(dilation)}, {cpp(ceil_mode)})",
                      pooled(x, kernel_size, stride, padding, dilation, ceil_mode))
    return function


def avg_pool(dimensions):
    def function(x, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None):
        if divisor_override is not None:
            raise Unsupported("divisor_override is not supported")
        step = "{}" if stride is None else each(stride)
        return method(x, lambda x: f"torch::avg_pool{dimensions}d({x}, {each(kernel_size)}, {step}, {each(padding)}, "
                                   f"{cpp(ceil_mode)}, {cpp(count_include_pad)})",
                      pooled(x, kernel_size, stride, padding, 1, ceil_mode))
    return function


def adaptive_avg_pool(dimensions):
    def function(x, output_size):
        size = output_size if isinstance(output_size, (list, tuple)) else [output_size] * dimensions
        shape = shape_of(x) and list(shape_of(x)[:2]) + list(size)
        return method(x, lambda x: f"torch::adaptive_avg_pool{dimensions}d({x}, {sizes(size)})", shape)
    return function


max_pool1d, max_pool2d, max_pool3d = (max_pool(d) for d in (1, 2, 3))
avg_pool1d, avg_pool2d, avg_pool3d = (avg_pool(d) for d in (1, 2, 3))
adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d = (adaptive_avg_pool(d) for d in (1, 2, 3))


def batch_norm(x, running_mean=None, running_var=None, weight=None, bias=None, training=False, momentum=0.1, eps=None):
    if not training:
        raise Unsupported("batch_norm with running statistics is not supported: the tasks use the batch's own")
    return method(x, lambda x: f"torch::batch_norm({x}, {cpp(weight)}, {cpp(bias)}, {{}}, {{}}, true, 0.1, {eps_text(eps)}, "
                               "false)")


def instance_norm(x, running_mean=None, running_var=None, weight=None, bias=None, use_input_stats=True, momentum=0.1,
                  eps=None):
    if weight is not None or bias is not None:
        raise Unsupported("instance_norm with a weight is not supported")
    return method(x, lambda x: f"torch::instance_norm({x}, {{}}, {{}}, {{}}, {{}}, true, 0.1, {eps_text(eps)}, false)")


def group_norm(x, num_groups, weight=None, bias=None, eps=None):
    return method(x, lambda x: f"torch::group_norm({x}, {text_of(num_groups)}, {cpp(weight)}, {cpp(bias)}, {eps_text(eps)})")


def layer_norm(x, normalized_shape, weight=None, bias=None, eps=None):
    return method(x, lambda x: f"torch::layer_norm({x}, {sizes(normalized_shape)}, {cpp(weight)}, {cpp(bias)}, "
                               f"{eps_text(eps)})")


def scaled_dot_product_attention(q, k, v, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None):
    if attn_mask is not None or dropout_p or is_causal or scale is not None:
        raise Unsupported("attention with a mask, dropout or a scale is not supported")
    return call(lambda: f"torch::scaled_dot_product_attention({cpp(q)}, {cpp(k)}, {cpp(v)})", shape_of(q), q._dtype)


def dropout(x, p=0.5, training=True, inplace=False):
    if training and p:
        raise Unsupported("dropout draws random numbers, which no task can know")
    return x
