// wmma in tf32, 16 x 16 x 8, three products of large and small parts; fragments are split element by element.
#include <cuda_runtime.h>
#include <mma.h>
using namespace nvcuda;

using A = wmma::fragment<wmma::matrix_a, 16, 16, 8, wmma::precision::tf32, wmma::row_major>;
using B = wmma::fragment<wmma::matrix_b, 16, 16, 8, wmma::precision::tf32, wmma::row_major>;

template <class F> __device__ void split(const F& whole, F& large, F& small) {
#pragma unroll
    for (int i = 0; i < whole.num_elements; ++i) {
        large.x[i] = wmma::__float_to_tf32(whole.x[i]);
        small.x[i] = wmma::__float_to_tf32(whole.x[i] - large.x[i]);
    }
}

__global__ void matmul(const float* a, const float* b, float* c, int m, int n, int k) {
    __shared__ alignas(32) float sa[16 * 8], sb[8 * 16], sc[256];
    const int row0 = blockIdx.y * 16, col0 = blockIdx.x * 16;
    wmma::fragment<wmma::accumulator, 16, 16, 8, float> sum, small_sum;
    wmma::fill_fragment(sum, 0.0f);
    wmma::fill_fragment(small_sum, 0.0f);
    for (int k0 = 0; k0 < k; k0 += 8) {
        for (int e = threadIdx.x; e < 128; e += 32) {
            sa[e] = row0 + e / 8 < m && k0 + e % 8 < k ? a[(row0 + e / 8) * k + k0 + e % 8] : 0.0f;
            sb[e] = k0 + e / 16 < k && col0 + e % 16 < n ? b[(k0 + e / 16) * n + col0 + e % 16] : 0.0f;
        }
        __syncwarp();
        A fa, al, as;
        B fb, bl, bs;
        wmma::load_matrix_sync(fa, sa, 8);
        wmma::load_matrix_sync(fb, sb, 16);
        split(fa, al, as);
        split(fb, bl, bs);
        wmma::mma_sync(small_sum, as, bl, small_sum);
        wmma::mma_sync(small_sum, al, bs, small_sum);
        wmma::mma_sync(sum, al, bl, sum);
        __syncwarp();
    }
    for (int i = 0; i < sum.num_elements; ++i) sum.x[i] += small_sum.x[i];
    wmma::store_matrix_sync(sc, sum, 16, wmma::mem_row_major);
    __syncwarp();
    for (int e = threadIdx.x; e < 256; e += 32) {
        const int r = row0 + e / 16, q = col0 + e % 16;
        if (r < m && q < n) c[r * n + q] = sc[e];
    }
}

extern "C" void solve(const float* a, const float* b, float* c, int m, int n, int k) {
    matmul<<<dim3((n + 15) / 16, (m + 15) / 16), 32>>>(a, b, c, m, n, k);
}
