// The words' bytes are taken apart by prmt and put together by funnel shifts, bit reversals and bfi on the way.
#include <cuda_runtime.h>

__device__ unsigned there(unsigned v) {
    const unsigned swapped = __byte_perm(v, 0, 0x0123);
    return __brev(__funnelshift_l(swapped, swapped, 13));
}
__device__ unsigned back(unsigned v) {
    const unsigned r = __brev(v), swapped = __funnelshift_rc(r, r, 13);
    unsigned low, out;
    asm("bfe.u32 %0, %1, 8, 8;" : "=r"(low) : "r"(swapped));
    asm("bfi.b32 %0, %1, %2, 16, 8;" : "=r"(out) : "r"(low), "r"(0u));
    asm("lop3.b32 %0, %1, %2, %3, 0xfe;" : "=r"(out) : "r"(out), "r"(swapped << 24), "r"(swapped >> 24));
    return out | (swapped >> 8 & 0xff00u);
}

__global__ void transpose(const unsigned* x, unsigned* y, int rows, int cols) {
    __shared__ unsigned tile[16][17];
    int c = blockIdx.x * 16 + threadIdx.x, r = blockIdx.y * 16 + threadIdx.y;
    if (r < rows && c < cols) tile[threadIdx.y][threadIdx.x] = there(x[r * cols + c]);
    __syncthreads();
    c = blockIdx.x * 16 + threadIdx.y, r = blockIdx.y * 16 + threadIdx.x;
    if (r < rows && c < cols) y[c * rows + r] = back(tile[threadIdx.x][threadIdx.y]);
}

extern "C" void solve(const float* x, float* y, int rows, int cols) {
    transpose<<<dim3((cols + 15) / 16, (rows + 15) / 16), dim3(16, 16)>>>((const unsigned*)x, (unsigned*)y, rows, cols);
}
