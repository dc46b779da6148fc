"""Tiles of 16 x 16 through shared memory, in Python. Compiled with numba-cuda, which needs no GPU for it:
python kernel.py > kernel.ptx"""
from numba import cuda, float32, int32, types


def transpose_kernel(x, y, rows, cols):
    tile = cuda.shared.array((16, 17), float32)
    c = cuda.blockIdx.x * 16 + cuda.threadIdx.x
    r = cuda.blockIdx.y * 16 + cuda.threadIdx.y
    if r < rows and c < cols:
        tile[cuda.threadIdx.y, cuda.threadIdx.x] = x[r * cols + c]
    cuda.syncthreads()
    r = cuda.blockIdx.y * 16 + cuda.threadIdx.x
    c = cuda.blockIdx.x * 16 + cuda.threadIdx.y
    if r < rows and c < cols:
        y[c * rows + r] = tile[cuda.threadIdx.x, cuda.threadIdx.y]


pointer = types.CPointer(types.float32)
print(cuda.compile_ptx(transpose_kernel, types.void(pointer, pointer, int32, int32), cc=(8, 0))[0])
