// task: batched_matmul
#include <cuda_fp16.h>
#include <cuda_runtime.h>
#include <mma.h>
using namespace nvcuda::wmma;

__global__ void half_gemm(const __half* A, const __half* B, float* C, int M, int N, int K) {
    __shared__ __half sa[16 * 16], sb[16 * 16];
    __shared__ float sc[16 * 16];
    const int row = blockIdx.y * 16, col = blockIdx.x * 16;
    A += (size_t)blockIdx.z * M * K; B += (size_t)blockIdx.z * K * N; C += (size_t)blockIdx.z * M * N;
    fragment<accumulator, 16, 16, 16, float> acc;
    fill_fragment(acc, 0.f);
    for (int k0 = 0; k0 < K; k0 += 16) {
        for (int i = threadIdx.x; i < 256; i += 32) {
            int r = i / 16, c = i % 16;
            sa[i] = row + r < M && k0 + c < K ? A[(size_t)(row + r) * K + k0 + c] : __float2half(0.f);
            sb[i] = k0 + r < K && col + c < N ? B[(size_t)(k0 + r) * N + col + c] : __float2half(0.f);
        }
        __syncwarp();
        fragment<matrix_a, 16, 16, 16, __half, row_major> a;
        fragment<matrix_b, 16, 16, 16, __half, row_major> b;
        load_matrix_sync(a, sa, 16);
        load_matrix_sync(b, sb, 16);
        mma_sync(acc, a, b, acc);
        __syncwarp();
    }
    store_matrix_sync(sc, acc, 16, mem_row_major);
    __syncwarp();
    for (int i = threadIdx.x; i < 256; i += 32)
        if (row + i / 16 < M && col + i % 16 < N) C[(size_t)(row + i / 16) * N + col + i % 16] = sc[i];
}

extern "C" void solution(const __half* A, const __half* B, float* C, size_t batch, size_t M, size_t N, size_t K) {
    half_gemm<<<dim3((N + 15) / 16, (M + 15) / 16, batch), 32>>>(A, B, C, M, N, K);
}
