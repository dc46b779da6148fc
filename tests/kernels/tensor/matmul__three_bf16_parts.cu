// float32 as a sum of three bfloat16 numbers, and the six products that matter, with wmma: single precision by bf16.
#include <cuda_bf16.h>
#include <cuda_runtime.h>
#include <mma.h>
using namespace nvcuda;

__device__ void split(float v, __nv_bfloat16* parts, int stride) {
    for (int p = 0; p < 3; ++p) {
        const __nv_bfloat16 part = __float2bfloat16_rn(v);
        parts[p * stride] = part;
        v -= __bfloat162float(part);
    }
}

__global__ void matmul(const float* a, const float* b, float* c, int m, int n, int k) {
    __shared__ alignas(32) __nv_bfloat16 sa[3 * 256];
    __shared__ alignas(32) __nv_bfloat16 sb[3 * 256];
    __shared__ alignas(32) float sc[256];
    const int row0 = blockIdx.y * 16, col0 = blockIdx.x * 16;
    wmma::fragment<wmma::accumulator, 16, 16, 16, float> sum;
    wmma::fill_fragment(sum, 0.0f);
    for (int k0 = 0; k0 < k; k0 += 16) {
        for (int e = threadIdx.x; e < 256; e += 32) {
            const int r = e / 16, q = e % 16;
            split(row0 + r < m && k0 + q < k ? a[(row0 + r) * k + k0 + q] : 0.0f, sa + e, 256);
            split(k0 + r < k && col0 + q < n ? b[(k0 + r) * n + col0 + q] : 0.0f, sb + e, 256);
        }
        __syncwarp();
        for (int both = 2; both >= 0; --both) {
            for (int i = 0; i <= both; ++i) {
                wmma::fragment<wmma::matrix_a, 16, 16, 16, __nv_bfloat16, wmma::row_major> fa;
                wmma::fragment<wmma::matrix_b, 16, 16, 16, __nv_bfloat16, wmma::row_major> fb;
                wmma::load_matrix_sync(fa, sa + i * 256, 16);
                wmma::load_matrix_sync(fb, sb + (both - i) * 256, 16);
                wmma::mma_sync(sum, fa, fb, sum);
            }
        }
        __syncwarp();
    }
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
