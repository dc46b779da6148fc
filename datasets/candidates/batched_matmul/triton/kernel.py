"""Tiles of 64 x 64 on tensor cores, fp16 in and fp32 out; tiles in groups that share their columns of b."""
import triton
import triton.language as tl


@triton.jit
def matmul_kernel(a, b, c, m, n, k, BM: tl.constexpr, BN: tl.constexpr, BK: tl.constexpr, GROUP: tl.constexpr):
    image = tl.program_id(1).to(tl.int64)
    tiles_m, tiles_n = tl.cdiv(m, BM), tl.cdiv(n, BN)
    tile = tl.program_id(0)
    group = tile // (GROUP * tiles_n)
    height = min(tiles_m - group * GROUP, GROUP)
    rows = (group * GROUP + tile % (GROUP * tiles_n) % height) * BM + tl.arange(0, BM)
    cols = tile % (GROUP * tiles_n) // height * BN + tl.arange(0, BN)
    inner = tl.arange(0, BK)
    a_at = a + image * m * k + rows[:, None] * k + inner[None, :]
    b_at = b + image * k * n + inner[:, None] * n + cols[None, :]
    total = tl.zeros([BM, BN], tl.float32)
    for start in range(0, k, BK):
        left = k - start
        av = tl.load(a_at, mask=(rows[:, None] < m) & (inner[None, :] < left), other=0.0)
        bv = tl.load(b_at, mask=(inner[:, None] < left) & (cols[None, :] < n), other=0.0)
        total = tl.dot(av, bv, total)
        a_at += BK
        b_at += BK * n
    tl.store(c + image * m * n + rows[:, None] * n + cols[None, :], total, mask=(rows[:, None] < m) & (cols[None, :] < n))


assay = {"launches": [{"kernel": matmul_kernel, "grid": ["ceil_div(m, 64) * ceil_div(n, 64)", "batch"],
                       "arguments": ["a", "b", "c", "m", "n", "k"],
                       "constants": {"BM": 64, "BN": 64, "BK": 32, "GROUP": 4}, "num_warps": 4, "num_stages": 3}]}
