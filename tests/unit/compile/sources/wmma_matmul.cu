#include <cuda_fp16.h>
#include <cuda_runtime.h>
#include <mma.h>

using namespace nvcuda;

const int WMMA_M = 16;
const int WMMA_N = 16;
const int WMMA_K = 16;

__global__ void wmma_gemm(const half* a, const half* b, float* c, int M, int N, int K) {
    int warpM = (blockIdx.x * blockDim.x + threadIdx.x) / warpSize;
    int warpN = (blockIdx.y * blockDim.y + threadIdx.y);
    wmma::fragment<wmma::matrix_a, WMMA_M, WMMA_N, WMMA_K, half, wmma::row_major> a_frag;
    wmma::fragment<wmma::matrix_b, WMMA_M, WMMA_N, WMMA_K, half, wmma::row_major> b_frag;
    wmma::fragment<wmma::accumulator, WMMA_M, WMMA_N, WMMA_K, float> acc;
    wmma::fill_fragment(acc, 0.0f);
    for (int i = 0; i < K; i += WMMA_K) {
        int aRow = warpM * WMMA_M;
        int bCol = warpN * WMMA_N;
        if (aRow < M && bCol < N) {
            wmma::load_matrix_sync(a_frag, a + aRow * K + i, K);
            wmma::load_matrix_sync(b_frag, b + i * N + bCol, N);
            wmma::mma_sync(acc, a_frag, b_frag, acc);
        }
    }
    for (int t = 0; t < acc.num_elements; t++) acc.x[t] *= 2.0f;
    wmma::store_matrix_sync(c + warpM * WMMA_M * N + warpN * WMMA_N, acc, N, wmma::mem_row_major);
}

extern "C" void solve(const half* A, const half* B, float* C, int M, int N, int K) {
    dim3 blockDim(128, 4);
    dim3 gridDim((M + (WMMA_M * blockDim.x / 32 - 1)) / (WMMA_M * blockDim.x / 32),
                 (N + WMMA_N * blockDim.y - 1) / (WMMA_N * blockDim.y));
    wmma_gemm<<<gridDim, blockDim>>>(A, B, C, M, N, K);
}
