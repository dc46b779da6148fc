// wmma in its other two shapes, 32 x 8 x 16 and 8 x 32 x 16, one for each half of the columns; b as columns.
#include <cuda_fp16.h>
#include <cuda_runtime.h>
#include <mma.h>
using namespace nvcuda;

template <int M, int N>
__device__ void tile(const __half* a, const __half* b, float* c, int m, int n, int k, int row0, int col0, void* memory) {
    __half* sa = static_cast<__half*>(memory);
    __half* sb = sa + M * 16;
    float* sc = reinterpret_cast<float*>(sb + N * 16);
    wmma::fragment<wmma::accumulator, M, N, 16, float> sum;
    wmma::fill_fragment(sum, 0.0f);
    for (int k0 = 0; k0 < k; k0 += 16) {
        for (int e = threadIdx.x; e < M * 16; e += 32) {
            const int r = row0 + e / 16, q = k0 + e % 16;
            sa[e] = r < m && q < k ? a[r * k + q] : __half(0);
        }
        for (int e = threadIdx.x; e < N * 16; e += 32) {
            const int q = col0 + e / 16, r = k0 + e % 16;
            sb[e] = r < k && q < n ? b[r * n + q] : __half(0);
        }
        __syncwarp();
        wmma::fragment<wmma::matrix_a, M, N, 16, __half, wmma::row_major> fa;
        wmma::fragment<wmma::matrix_b, M, N, 16, __half, wmma::col_major> fb;
        wmma::load_matrix_sync(fa, sa, 16);
        wmma::load_matrix_sync(fb, sb, 16);
        wmma::mma_sync(sum, fa, fb, sum);
        __syncwarp();
    }
    wmma::store_matrix_sync(sc, sum, M, wmma::mem_col_major);
    __syncwarp();
    for (int e = threadIdx.x; e < M * N; e += 32) {
        const int r = row0 + e % M, q = col0 + e / M;
        if (r < m && q < n) c[r * n + q] = sc[e];
    }
}

__global__ void tall(const __half* a, const __half* b, float* c, int m, int n, int k, int ahead) {
    __shared__ alignas(32) unsigned char memory[4096];
    tile<32, 8>(a + blockIdx.z * m * k, b + blockIdx.z * k * n, c + blockIdx.z * m * n, m, ahead, k, blockIdx.y * 32, blockIdx.x * 8, memory);
}
__global__ void wide(const __half* a, const __half* b, float* c, int m, int n, int k) {
    __shared__ alignas(32) unsigned char memory[4096];
    tile<8, 32>(a + blockIdx.z * m * k, b + blockIdx.z * k * n, c + blockIdx.z * m * n, m, n, k, blockIdx.y * 8, blockIdx.x * 32, memory);
}

extern "C" void solve(const __half* a, const __half* b, float* c, int batch, int m, int n, int k) {
    if (n <= m) tall<<<dim3((n + 7) / 8, (m + 31) / 32, batch), 32>>>(a, b, c, m, n, k, n);
    else wide<<<dim3((n + 31) / 32, (m + 7) / 8, batch), 32>>>(a, b, c, m, n, k);
}
