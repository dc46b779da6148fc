"""A program for each row of up to 4096 elements: mean, variance of the differences, and the affine map."""
import triton
import triton.language as tl


@triton.jit
def layer_norm_kernel(x, weight, bias, y, cols, eps, BLOCK: tl.constexpr):
    at = tl.arange(0, BLOCK)
    row = tl.program_id(0).to(tl.int64) * cols
    inside = at < cols
    v = tl.load(x + row + at, mask=inside, other=0.0)
    mean = tl.sum(v, axis=0) / cols
    centred = tl.where(inside, v - mean, 0.0)
    variance = tl.sum(centred * centred, axis=0) / cols
    scale = 1.0 / tl.sqrt(variance + eps)
    w = tl.load(weight + at, mask=inside)
    b = tl.load(bias + at, mask=inside)
    tl.store(y + row + at, centred * scale * w + b, mask=inside)


assay = {"launches": [{"kernel": layer_norm_kernel, "grid": ["rows"], "arguments": ["x", "weight", "bias", "y", "cols", "eps"],
                       "constants": {"BLOCK": 4096}, "num_warps": 8}]}
