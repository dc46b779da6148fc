// Halves of words through ldmatrix.trans and stmatrix: a float is two 16-bit numbers, each 8 x 8 matrix is turned.
#include <cuda_runtime.h>

__device__ unsigned at(const void* p) { return (unsigned)__cvta_generic_to_shared(p); }

__global__ void transpose(const unsigned* x, unsigned* y, int rows, int cols) {
    __shared__ alignas(16) unsigned short low[8][8], high[8][8], low_out[8][8], high_out[8][8];
    const int lane = threadIdx.x, r0 = blockIdx.y * 8, c0 = blockIdx.x * 8;
    for (int e = lane; e < 64; e += 32) {
        const int r = e / 8, c = e % 8;
        const unsigned v = r0 + r < rows && c0 + c < cols ? x[(size_t)(r0 + r) * cols + c0 + c] : 0;
        low[r][c] = (unsigned short)v;
        high[r][c] = (unsigned short)(v >> 16);
    }
    __syncwarp();
    unsigned l, h;
    asm volatile("ldmatrix.sync.aligned.m8n8.x1.trans.shared.b16 {%0}, [%1];" : "=r"(l) : "r"(at(low[lane % 8])) : "memory");
    asm volatile("ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%0}, [%1];" : "=r"(h) : "r"(at(high[lane % 8])) : "memory");
    asm("movmatrix.sync.aligned.m8n8.trans.b16 %0, %1;" : "=r"(h) : "r"(h));
    asm volatile("stmatrix.sync.aligned.m8n8.x2.shared.b16 [%0], {%1, %2};" ::"r"(at(lane < 8 ? low_out[lane] : high_out[lane % 8])),
                 "r"(l), "r"(h) : "memory");
    __syncwarp();
    for (int e = lane; e < 64; e += 32) {
        const int c = e / 8, r = e % 8;
        if (r0 + r < rows && c0 + c < cols) y[(size_t)(c0 + c) * rows + r0 + r] = low_out[c][r] | (unsigned)high_out[c][r] << 16;
    }
}

extern "C" void solve(const float* x, float* y, int rows, int cols) {
    transpose<<<dim3((cols + 7) / 8, (rows + 7) / 8), 32>>>((const unsigned*)x, (unsigned*)y, rows, cols);
}
