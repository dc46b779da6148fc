// Value and index in one 64-bit key that orders as (larger value, smaller index); 64-bit shuffles and atomicMax.
#include <cuda_runtime.h>

__device__ unsigned long long key(float v, unsigned r) {
    if (v == 0.0f) v = 0.0f;
    const unsigned bits = __float_as_uint(v);
    const unsigned ordered = bits & 0x80000000u ? ~bits : bits | 0x80000000u;
    return (unsigned long long)ordered << 32 | (0xffffffffu - r);
}

__global__ void argmax(const float* x, long long* y, int rows, int cols) {
    __shared__ unsigned long long best;
    const int b = blockIdx.y, c = blockIdx.x;
    if (threadIdx.x == 0) best = 0;
    __syncthreads();
    unsigned long long mine = 0;
    for (int r = threadIdx.x; r < rows; r += blockDim.x) {
        const unsigned long long k = key(x[((size_t)b * rows + r) * cols + c], r);
        mine = mine > k ? mine : k;
    }
    for (int d = 16; d; d >>= 1) {
        const unsigned long long other = __shfl_xor_sync(0xffffffff, mine, d);
        mine = max(mine, other);
    }
    if (threadIdx.x % 32 == 0) atomicMax(&best, mine);
    __syncthreads();
    if (threadIdx.x == 0) y[(size_t)b * cols + c] = 0xffffffffu - (unsigned)best;
}

extern "C" void solve(const float* x, long long* y, int batch, int rows, int cols) {
    argmax<<<dim3(cols, batch), 64>>>(x, y, rows, cols);
}
