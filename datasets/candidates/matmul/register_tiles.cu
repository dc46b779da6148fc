#include <cuda_runtime.h>

// 64x64 block tile, 4x4 register tile per thread, float4 stores to shared memory where the matrix allows it.
constexpr int BM = 64;
constexpr int BN = 64;
constexpr int BK = 16;
constexpr int TM = 4;
constexpr int TN = 4;
constexpr int NUM_THREADS = (BM / TM) * (BN / TN);  // 256

template <bool ALIGNED>
__global__ void __launch_bounds__(NUM_THREADS)
sgemm_kernel(const float* __restrict__ A, const float* __restrict__ B, float* __restrict__ C, int M, int N, int K) {
    __shared__ float As[BK][BM];  // transposed, so that a column of A is contiguous
    __shared__ float Bs[BK][BN];

    const int tid = threadIdx.x;
    const int block_row = blockIdx.y * BM;
    const int block_col = blockIdx.x * BN;

    // Each thread moves one float4 of A and one of B per step.
    const int a_row = tid / (BK / 4);
    const int a_col = (tid % (BK / 4)) * 4;
    const int b_row = tid / (BN / 4);
    const int b_col = (tid % (BN / 4)) * 4;

    const int thread_row = (tid / (BN / TN)) * TM;
    const int thread_col = (tid % (BN / TN)) * TN;

    float acc[TM][TN] = {0.0f};
    float reg_a[TM];
    float reg_b[TN];

    for (int k0 = 0; k0 < K; k0 += BK) {
        if (ALIGNED) {
            float4 va = *reinterpret_cast<const float4*>(&A[(size_t)(block_row + a_row) * K + k0 + a_col]);
            As[a_col + 0][a_row] = va.x;
            As[a_col + 1][a_row] = va.y;
            As[a_col + 2][a_row] = va.z;
            As[a_col + 3][a_row] = va.w;
            *reinterpret_cast<float4*>(&Bs[b_row][b_col]) =
                *reinterpret_cast<const float4*>(&B[(size_t)(k0 + b_row) * N + block_col + b_col]);
        } else {
#pragma unroll
            for (int i = 0; i < 4; ++i) {
                const int gr = block_row + a_row;
                const int gk = k0 + a_col + i;
                As[a_col + i][a_row] = (gr < M && gk < K) ? A[(size_t)gr * K + gk] : 0.0f;
                const int gk2 = k0 + b_row;
                const int gc = block_col + b_col + i;
                Bs[b_row][b_col + i] = (gk2 < K && gc < N) ? B[(size_t)gk2 * N + gc] : 0.0f;
            }
        }
        __syncthreads();

#pragma unroll
        for (int k = 0; k < BK; ++k) {
#pragma unroll
            for (int i = 0; i < TM; ++i) reg_a[i] = As[k][thread_row + i];
#pragma unroll
            for (int j = 0; j < TN; ++j) reg_b[j] = Bs[k][thread_col + j];
#pragma unroll
            for (int i = 0; i < TM; ++i) {
#pragma unroll
                for (int j = 0; j < TN; ++j) {
                    acc[i][j] = fmaf(reg_a[i], reg_b[j], acc[i][j]);
                }
            }
        }
        __syncthreads();
    }

#pragma unroll
    for (int i = 0; i < TM; ++i) {
        const int row = block_row + thread_row + i;
        if (ALIGNED) {
            *reinterpret_cast<float4*>(&C[(size_t)row * N + block_col + thread_col]) =
                make_float4(acc[i][0], acc[i][1], acc[i][2], acc[i][3]);
        } else if (row < M) {
#pragma unroll
            for (int j = 0; j < TN; ++j) {
                const int col = block_col + thread_col + j;
                if (col < N) {
                    C[(size_t)row * N + col] = acc[i][j];
                }
            }
        }
    }
}

static inline int ceil_div(int a, int b) { return (a + b - 1) / b; }

extern "C" void solve(const float* a, const float* b, float* c, int m, int n, int k) {
    dim3 grid(ceil_div(n, BN), ceil_div(m, BM));
    const bool aligned = m % BM == 0 && n % BN == 0 && k % BK == 0;
    if (aligned) {
        sgemm_kernel<true><<<grid, NUM_THREADS>>>(a, b, c, m, n, k);
    } else {
        sgemm_kernel<false><<<grid, NUM_THREADS>>>(a, b, c, m, n, k);
    }
}
