#include <cuda_runtime.h>

#include <mma.h>
using namespace nvcuda;

// One warp computes a 16 x 16 tile on the tensor cores; tiles go through shared memory, so that any n is right.
__global__ void matmul_wmma(const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c, int n) {
    __shared__ float as[16 * 8], bs[8 * 16], cs[16 * 16];
    const int row0 = blockIdx.y * 16, col0 = blockIdx.x * 16, lane = threadIdx.x;
    wmma::fragment<wmma::accumulator, 16, 16, 8, float> acc;
    wmma::fill_fragment(acc, 0.f);
    for (int k0 = 0; k0 < n; k0 += 8) {
        for (int i = lane; i < 128; i += 32) {
            const int r = i / 8, k = i % 8;
            as[i] = (row0 + r < n && k0 + k < n) ? a[(size_t)(row0 + r) * n + k0 + k] : 0.f;
            const int kb = i / 16, q = i % 16;
            bs[i] = (k0 + kb < n && col0 + q < n) ? b[(size_t)(k0 + kb) * n + col0 + q] : 0.f;
        }
        __syncwarp();
        wmma::fragment<wmma::matrix_a, 16, 16, 8, wmma::precision::tf32, wmma::row_major> fa;
        wmma::fragment<wmma::matrix_b, 16, 16, 8, wmma::precision::tf32, wmma::row_major> fb;
        wmma::load_matrix_sync(fa, as, 8);
        wmma::load_matrix_sync(fb, bs, 16);
        for (int i = 0; i < fa.num_elements; ++i) fa.x[i] = wmma::__float_to_tf32(fa.x[i]);
        for (int i = 0; i < fb.num_elements; ++i) fb.x[i] = wmma::__float_to_tf32(fb.x[i]);
        wmma::mma_sync(acc, fa, fb, acc);
        __syncwarp();
    }
    wmma::store_matrix_sync(cs, acc, 16, wmma::mem_row_major);
    __syncwarp();
    for (int i = lane; i < 256; i += 32) {
        const int r = row0 + i / 16, q = col0 + i % 16;
        if (r < n && q < n) c[(size_t)r * n + q] = cs[i];
    }
}

extern "C" void solve(const float* a, const float* b, float* c, int n) {
    matmul_wmma<<<dim3((n + 15) / 16, (n + 15) / 16), 32>>>(a, b, c, n);
}
