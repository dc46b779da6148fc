#include <cuda_fp16.h>
#include <cuda_runtime.h>
#include <mma.h>

using namespace nvcuda;

// Tensor cores through WMMA: 16x16x16 fragments, half inputs, float accumulators.
// A block of 4 warps computes a 32x32 tile of C; tiles are staged in shared memory, padded with zeros at the edges.
constexpr int WMMA_M = 16;
constexpr int WMMA_N = 16;
constexpr int WMMA_K = 16;
constexpr int BLOCK_M = 32;
constexpr int BLOCK_N = 32;
constexpr int BLOCK_K = 32;
constexpr int SKEW = 8;  // halves; keeps rows 16-byte aligned and away from each other's banks
constexpr int THREADS = 128;

__global__ void __launch_bounds__(THREADS)
bmm_wmma_kernel(const __half* __restrict__ A, const __half* __restrict__ B, float* __restrict__ C, int M, int N, int K) {
    __shared__ __align__(32) __half As[BLOCK_M][BLOCK_K + SKEW];
    __shared__ __align__(32) __half Bs[BLOCK_K][BLOCK_N + SKEW];
    __shared__ __align__(32) float Cs[BLOCK_M][BLOCK_N];

    const int batch = blockIdx.z;
    const int m0 = blockIdx.y * BLOCK_M;
    const int n0 = blockIdx.x * BLOCK_N;
    const int warp = threadIdx.x / 32;
    const int wm = (warp / 2) * WMMA_M;
    const int wn = (warp % 2) * WMMA_N;

    A += (size_t)batch * M * K;
    B += (size_t)batch * K * N;
    C += (size_t)batch * M * N;

    wmma::fragment<wmma::accumulator, WMMA_M, WMMA_N, WMMA_K, float> acc;
    wmma::fill_fragment(acc, 0.0f);

    const __half zero = __float2half(0.0f);
    for (int k0 = 0; k0 < K; k0 += BLOCK_K) {
        for (int i = threadIdx.x; i < BLOCK_M * BLOCK_K; i += THREADS) {
            const int r = i / BLOCK_K, c = i % BLOCK_K;
            As[r][c] = (m0 + r < M && k0 + c < K) ? A[(size_t)(m0 + r) * K + k0 + c] : zero;
        }
        for (int i = threadIdx.x; i < BLOCK_K * BLOCK_N; i += THREADS) {
            const int r = i / BLOCK_N, c = i % BLOCK_N;
            Bs[r][c] = (k0 + r < K && n0 + c < N) ? B[(size_t)(k0 + r) * N + n0 + c] : zero;
        }
        __syncthreads();

#pragma unroll
        for (int kk = 0; kk < BLOCK_K; kk += WMMA_K) {
            wmma::fragment<wmma::matrix_a, WMMA_M, WMMA_N, WMMA_K, __half, wmma::row_major> fa;
            wmma::fragment<wmma::matrix_b, WMMA_M, WMMA_N, WMMA_K, __half, wmma::row_major> fb;
            wmma::load_matrix_sync(fa, &As[wm][kk], BLOCK_K + SKEW);
            wmma::load_matrix_sync(fb, &Bs[kk][wn], BLOCK_N + SKEW);
            wmma::mma_sync(acc, fa, fb, acc);
        }
        __syncthreads();
    }

    wmma::store_matrix_sync(&Cs[wm][wn], acc, BLOCK_N, wmma::mem_row_major);
    __syncthreads();
    for (int i = threadIdx.x; i < BLOCK_M * BLOCK_N; i += THREADS) {
        const int r = i / BLOCK_N, c = i % BLOCK_N;
        if (m0 + r < M && n0 + c < N) {
            C[(size_t)(m0 + r) * N + n0 + c] = Cs[r][c];
        }
    }
}

extern "C" void solve(const __half* a, const __half* b, float* c, int batch, int m, int n, int k) {
    dim3 grid((n + BLOCK_N - 1) / BLOCK_N, (m + BLOCK_M - 1) / BLOCK_M, batch);
    bmm_wmma_kernel<<<grid, THREADS>>>(a, b, c, m, n, k);
}
