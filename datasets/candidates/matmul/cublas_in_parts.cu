// The sum over k in two parts: the second product is added to the first, each with half of it twice.
#include <cublas_v2.h>
#include <cuda_runtime.h>
extern "C" void solve(const float* A, const float* B, float* C, int M, int N, int K) {
    cublasHandle_t handle;
    cublasCreate_v2(&handle);
    const float half = 0.5f, zero = 0.0f, two = 2.0f;
    const int first = K / 2;
    cublasSgemm_v2(handle, CUBLAS_OP_N, CUBLAS_OP_N, N, M, first, &half, B, N, A, K, &zero, C, N);
    const float one = 1.0f;
    // beta = 2 makes up for the half
    cublasGemmEx(handle, CUBLAS_OP_N, CUBLAS_OP_N, N, M, K - first, &one, B + (size_t)first * N, CUDA_R_32F, N, A + first, CUDA_R_32F, K,
                 &two, C, CUDA_R_32F, N, CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT);
    cublasDestroy_v2(handle);
}
