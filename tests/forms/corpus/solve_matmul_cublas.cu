// task: kb1_016_matmul_with_transposed_a
#include <cublas_v2.h>
#include <cuda_runtime.h>

extern "C" void solve(const float* A, const float* B, float* C, int M, int N, int K) {
    cublasHandle_t handle{};
    cublasCreate(&handle);
    constexpr float alpha = 1.0f, beta = 0.0f;
    // C^T [N x M] = B^T [N x K] A [K x M], all as columns
    cublasSgemm(handle, CUBLAS_OP_N, CUBLAS_OP_T, N, M, K, &alpha, B, N, A, M, &beta, C, N);
    cublasDestroy(handle);
}
