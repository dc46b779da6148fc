"""Flash attention: a program for 32 queries of a head, which keeps the running maximum, sum and weighted values while it
goes over the keys. Heads of up to 64 numbers."""
import triton
import triton.language as tl


@triton.jit
def attention_kernel(q, k, v, y, length, width, ROWS: tl.constexpr, COLS: tl.constexpr, WIDTH: tl.constexpr):
    head = tl.program_id(1).to(tl.int64) * length * width
    rows = tl.program_id(0) * ROWS + tl.arange(0, ROWS)
    d = tl.arange(0, WIDTH)
    queries = tl.load(q + head + rows[:, None] * width + d[None, :],
                      mask=(rows[:, None] < length) & (d[None, :] < width), other=0.0)
    queries = queries * (1.0 / tl.sqrt(width.to(tl.float32)))
    most = tl.full([ROWS], float("-inf"), tl.float32)
    total = tl.zeros([ROWS], tl.float32)
    values = tl.zeros([ROWS, WIDTH], tl.float32)
    for start in range(0, length, COLS):
        cols = start + tl.arange(0, COLS)
        inside = (cols[:, None] < length) & (d[None, :] < width)
        keys = tl.load(k + head + cols[:, None] * width + d[None, :], mask=inside, other=0.0)
        scores = tl.dot(queries, tl.trans(keys), input_precision="ieee")
        scores = tl.where(cols[None, :] < length, scores, float("-inf"))
        larger = tl.maximum(most, tl.max(scores, axis=1))
        p = tl.exp(scores - larger[:, None])
        shrink = tl.exp(most - larger)
        total = total * shrink + tl.sum(p, axis=1)
        given = tl.load(v + head + cols[:, None] * width + d[None, :], mask=inside, other=0.0)
        values = values * shrink[:, None] + tl.dot(p, given, input_precision="ieee")
        most = larger
    tl.store(y + head + rows[:, None] * width + d[None, :], values / total[:, None],
             mask=(rows[:, None] < length) & (d[None, :] < width))


assay = {"launches": [{"kernel": attention_kernel, "grid": ["ceil_div(length, 32)", "batch * heads"],
                       "arguments": ["q", "k", "v", "y", "length", "width"],
                       "constants": {"ROWS": 32, "COLS": 32, "WIDTH": 64}, "num_warps": 4}]}
