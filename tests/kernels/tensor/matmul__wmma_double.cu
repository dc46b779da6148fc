// wmma in double, 8 x 8 x 4.
#include <cuda_runtime.h>
#include <mma.h>
using namespace nvcuda;

__global__ void matmul(const float* a, const float* b, float* c, int m, int n, int k) {
    __shared__ double sa[8 * 4], sb[4 * 8], sc[64];
    const int row0 = blockIdx.y * 8, col0 = blockIdx.x * 8, t = threadIdx.x;
    wmma::fragment<wmma::accumulator, 8, 8, 4, double> sum;
    wmma::fill_fragment(sum, 0.0);
    for (int k0 = 0; k0 < k; k0 += 4) {
        sa[t] = row0 + t / 4 < m && k0 + t % 4 < k ? a[(row0 + t / 4) * k + k0 + t % 4] : 0.0;
        sb[t] = k0 + t / 8 < k && col0 + t % 8 < n ? b[(k0 + t / 8) * n + col0 + t % 8] : 0.0;
        __syncwarp();
        wmma::fragment<wmma::matrix_a, 8, 8, 4, double, wmma::row_major> fa;
        wmma::fragment<wmma::matrix_b, 8, 8, 4, double, wmma::row_major> fb;
        wmma::load_matrix_sync(fa, sa, 4);
        wmma::load_matrix_sync(fb, sb, 8);
        wmma::mma_sync(sum, fa, fb, sum);
        __syncwarp();
    }
    wmma::store_matrix_sync(sc, sum, 8, wmma::mem_row_major);
    __syncwarp();
    for (int e = t; e < 64; e += 32) {
        if (row0 + e / 8 < m && col0 + e % 8 < n) c[(row0 + e / 8) * n + col0 + e % 8] = (float)sc[e];
    }
}

extern "C" void solve(const float* a, const float* b, float* c, int m, int n, int k) {
    matmul<<<dim3((n + 7) / 8, (m + 7) / 8), 32>>>(a, b, c, m, n, k);
}
