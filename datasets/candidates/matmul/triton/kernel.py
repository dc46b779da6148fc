"""Tiles of 32 x 32 in fp32, without tensor cores, which would round the inputs."""
import triton
import triton.language as tl


@triton.jit
def matmul_kernel(a, b, c, m, n, k, BM: tl.constexpr, BN: tl.constexpr, BK: tl.constexpr):
    rows = tl.program_id(0) * BM + tl.arange(0, BM)
    cols = tl.program_id(1) * BN + tl.arange(0, BN)
    inner = tl.arange(0, BK)
    total = tl.zeros([BM, BN], tl.float32)
    for start in range(0, k, BK):
        at = start + inner
        av = tl.load(a + rows[:, None] * k + at[None, :], mask=(rows[:, None] < m) & (at[None, :] < k), other=0.0)
        bv = tl.load(b + at[:, None] * n + cols[None, :], mask=(at[:, None] < k) & (cols[None, :] < n), other=0.0)
        total = tl.dot(av, bv, total, input_precision="ieee")
    tl.store(c + rows[:, None] * n + cols[None, :], total, mask=(rows[:, None] < m) & (cols[None, :] < n))


assay = {"launches": [{"kernel": matmul_kernel, "grid": ["ceil_div(m, 32)", "ceil_div(n, 32)"],
                       "arguments": ["a", "b", "c", "m", "n", "k"], "constants": {"BM": 32, "BN": 32, "BK": 16},
                       "num_warps": 4}]}
