// The product is cuBLAS's.
#include <cublas_v2.h>
#include <cuda_runtime.h>
extern "C" void solve(const float* A, const float* B, float* C, int M, int N, int K) {
    cublasHandle_t handle;
    cublasCreate(&handle);
    const float alpha = 1.0f, beta = 0.0f;
    cublasSgemm(handle, CUBLAS_OP_N, CUBLAS_OP_N, N, M, K, &alpha, B, N, A, K, &beta, C, N);
    cublasDestroy(handle);
}
