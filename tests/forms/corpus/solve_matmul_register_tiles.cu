// task: matmul
#include <cuda_runtime.h>

constexpr int BM = 64, BN = 64, BK = 16, TM = 4, TN = 4;
constexpr int NUM_THREADS = (BM / TM) * (BN / TN);

__global__ void gemm(const float* __restrict__ A, const float* __restrict__ B, float* __restrict__ C, int M, int N, int K) {
    __shared__ float As[BM][BK], Bs[BK][BN];
    const int tid = threadIdx.x, ty = tid / (BN / TN), tx = tid % (BN / TN), by = blockIdx.y, bx = blockIdx.x;
    float acc[TM][TN] = {};
    for (int k0 = 0; k0 < K; k0 += BK) {
        for (int i = tid; i < BM * BK; i += NUM_THREADS) {
            int r = by * BM + i / BK, c = k0 + i % BK;
            As[i / BK][i % BK] = r < M && c < K ? A[r * K + c] : 0.f;
        }
        for (int i = tid; i < BK * BN; i += NUM_THREADS) {
            int r = k0 + i / BN, c = bx * BN + i % BN;
            Bs[i / BN][i % BN] = r < K && c < N ? B[r * N + c] : 0.f;
        }
        __syncthreads();
#pragma unroll
        for (int k = 0; k < BK; ++k) {
            float a[TM], b[TN];
#pragma unroll
            for (int i = 0; i < TM; ++i) a[i] = As[ty * TM + i][k];
#pragma unroll
            for (int j = 0; j < TN; ++j) b[j] = Bs[k][tx * TN + j];
#pragma unroll
            for (int i = 0; i < TM; ++i)
#pragma unroll
                for (int j = 0; j < TN; ++j) acc[i][j] += a[i] * b[j];
        }
        __syncthreads();
    }
    for (int i = 0; i < TM; ++i)
        for (int j = 0; j < TN; ++j) {
            int r = by * BM + ty * TM + i, c = bx * BN + tx * TN + j;
            if (r < M && c < N) C[r * N + c] = acc[i][j];
        }
}

extern "C" void solve(const float* A, const float* B, float* C, int M, int N, int K) {
    gemm<<<dim3((N + BN - 1) / BN, (M + BM - 1) / BM), NUM_THREADS>>>(A, B, C, M, N, K);
}
