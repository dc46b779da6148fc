"""c = a + b, a block of 1024 elements for each program."""
import triton
import triton.language as tl


@triton.jit
def add_kernel(a, b, c, n, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    inside = at < n
    tl.store(c + at, tl.load(a + at, mask=inside) + tl.load(b + at, mask=inside), mask=inside)


assay = {"launches": [{"kernel": add_kernel, "grid": ["ceil_div(n, 1024)"], "arguments": ["a", "b", "c", "n"],
                       "constants": {"BLOCK": 1024}, "num_warps": 4}]}
