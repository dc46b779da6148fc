"""A program for each row, in blocks of columns: a running maximum and sum, then the quotients."""
import triton
import triton.language as tl


@triton.jit
def softmax_kernel(x, y, cols, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64) * cols
    most = tl.full([BLOCK], float("-inf"), tl.float32)
    total = tl.zeros([BLOCK], tl.float32)
    for start in range(0, cols, BLOCK):
        at = start + tl.arange(0, BLOCK)
        v = tl.load(x + row + at, mask=at < cols, other=float("-inf"))
        larger = tl.maximum(most, v)
        # A lane that has seen nothing yet has no maximum to subtract.
        safe = tl.where(larger == float("-inf"), 0.0, larger)
        total = total * tl.exp(most - safe) + tl.exp(v - safe)
        most = larger
    peak = tl.max(most, axis=0)
    scale = 1.0 / tl.sum(total * tl.exp(most - peak), axis=0)
    for start in range(0, cols, BLOCK):
        at = start + tl.arange(0, BLOCK)
        v = tl.load(x + row + at, mask=at < cols, other=float("-inf"))
        tl.store(y + row + at, tl.exp(v - peak) * scale, mask=at < cols)


assay = {"launches": [{"kernel": softmax_kernel, "grid": ["rows"], "arguments": ["x", "y", "cols"],
                       "constants": {"BLOCK": 512}, "num_warps": 4}]}
