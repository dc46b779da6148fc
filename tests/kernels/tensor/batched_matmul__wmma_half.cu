// wmma 16 x 16 x 16 over padded copies of the matrices, four warps a block.
#include <cuda_fp16.h>
#include <cuda_runtime.h>
#include <mma.h>
using namespace nvcuda;

__global__ void matmul(const __half* a, const __half* b, float* c, int m, int n, int k) {
    __shared__ alignas(32) __half ta[4][16 * 16];
    __shared__ alignas(32) __half tb[4][16 * 16];
    __shared__ alignas(32) float tc[4][16 * 16];
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const int row0 = blockIdx.y * 32 + warp / 2 * 16, col0 = blockIdx.x * 32 + warp % 2 * 16;
    a += (size_t)blockIdx.z * m * k;
    b += (size_t)blockIdx.z * k * n;
    c += (size_t)blockIdx.z * m * n;
    wmma::fragment<wmma::accumulator, 16, 16, 16, float> sum;
    wmma::fill_fragment(sum, 0.0f);
    for (int k0 = 0; k0 < k; k0 += 16) {
        for (int e = lane; e < 256; e += 32) {
            const int r = e / 16, q = e % 16;
            ta[warp][e] = row0 + r < m && k0 + q < k ? a[(row0 + r) * k + k0 + q] : __float2half(0.0f);
            tb[warp][e] = k0 + r < k && col0 + q < n ? b[(k0 + r) * n + col0 + q] : __float2half(0.0f);
        }
        __syncwarp();
        wmma::fragment<wmma::matrix_a, 16, 16, 16, __half, wmma::row_major> fa;
        wmma::fragment<wmma::matrix_b, 16, 16, 16, __half, wmma::row_major> fb;
        wmma::load_matrix_sync(fa, ta[warp], 16);
        wmma::load_matrix_sync(fb, tb[warp], 16);
        wmma::mma_sync(sum, fa, fb, sum);
        __syncwarp();
    }
    wmma::store_matrix_sync(tc[warp], sum, 16, wmma::mem_row_major);
    __syncwarp();
    for (int e = lane; e < 256; e += 32) {
        const int r = row0 + e / 16, q = col0 + e % 16;
        if (r < m && q < n) c[r * n + q] = tc[warp][e];
    }
}

extern "C" void solve(const __half* a, const __half* b, float* c, int batch, int m, int n, int k) {
    matmul<<<dim3((n + 31) / 32, (m + 31) / 32, batch), 128>>>(a, b, c, m, n, k);
}
