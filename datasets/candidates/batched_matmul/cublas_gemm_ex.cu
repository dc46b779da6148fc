// Matrices of 16-bit numbers, the product in fp32, all of the batch in one call.
#include <cublas_v2.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>
extern "C" void solve(const __half* a, const __half* b, float* c, int batch, int m, int n, int k) {
    cublasHandle_t handle;
    cublasCreate(&handle);
    cublasSetMathMode(handle, CUBLAS_TENSOR_OP_MATH);
    const float alpha = 1.0f, beta = 0.0f;
    cublasGemmStridedBatchedEx(handle, CUBLAS_OP_N, CUBLAS_OP_N, n, m, k, &alpha, b, CUDA_R_16F, n, (long long)k * n, a, CUDA_R_16F, k,
                               (long long)m * k, &beta, c, CUDA_R_32F, n, (long long)m * n, batch, CUBLAS_COMPUTE_32F,
                               CUBLAS_GEMM_DEFAULT_TENSOR_OP);
    cublasDestroy(handle);
}
