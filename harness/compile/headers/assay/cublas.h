// cuBLAS: matrix products, which the recorder turns into operators of the reference library, counted as library calls.
//
// A handle is nothing but a place for settings. What is declared here is all there is: any other function of cuBLAS is a
// compiler's message, which becomes `rejected` with the function's name.
#ifndef ASSAY_CUBLAS_H
#define ASSAY_CUBLAS_H

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cstdlib>
#include <cuda_runtime.h>
#include <stdexcept>
#include <type_traits>

typedef struct cublasContext* cublasHandle_t;
enum cublasStatus_t {
    CUBLAS_STATUS_SUCCESS = 0,
    CUBLAS_STATUS_NOT_INITIALIZED = 1,
    CUBLAS_STATUS_ALLOC_FAILED = 3,
    CUBLAS_STATUS_INVALID_VALUE = 7,
    CUBLAS_STATUS_ARCH_MISMATCH = 8,
    CUBLAS_STATUS_MAPPING_ERROR = 11,
    CUBLAS_STATUS_EXECUTION_FAILED = 13,
    CUBLAS_STATUS_INTERNAL_ERROR = 14,
    CUBLAS_STATUS_NOT_SUPPORTED = 15,
    CUBLAS_STATUS_LICENSE_ERROR = 16
};
enum cublasOperation_t { CUBLAS_OP_N = 0, CUBLAS_OP_T = 1, CUBLAS_OP_C = 2 };
enum cublasMath_t {
    CUBLAS_DEFAULT_MATH = 0,
    CUBLAS_TENSOR_OP_MATH = 1,
    CUBLAS_PEDANTIC_MATH = 2,
    CUBLAS_TF32_TENSOR_OP_MATH = 3,
    CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION = 16
};
enum cublasPointerMode_t { CUBLAS_POINTER_MODE_HOST = 0, CUBLAS_POINTER_MODE_DEVICE = 1 };
enum cublasAtomicsMode_t { CUBLAS_ATOMICS_NOT_ALLOWED = 0, CUBLAS_ATOMICS_ALLOWED = 1 };
enum cublasComputeType_t {
    CUBLAS_COMPUTE_16F = 64,
    CUBLAS_COMPUTE_16F_PEDANTIC = 65,
    CUBLAS_COMPUTE_32F = 68,
    CUBLAS_COMPUTE_32F_PEDANTIC = 69,
    CUBLAS_COMPUTE_64F = 70,
    CUBLAS_COMPUTE_64F_PEDANTIC = 71,
    CUBLAS_COMPUTE_32F_FAST_16F = 74,
    CUBLAS_COMPUTE_32F_FAST_16BF = 75,
    CUBLAS_COMPUTE_32F_FAST_TF32 = 77
};
enum cublasGemmAlgo_t { CUBLAS_GEMM_DFALT = -1, CUBLAS_GEMM_DEFAULT = -1, CUBLAS_GEMM_DFALT_TENSOR_OP = 99, CUBLAS_GEMM_DEFAULT_TENSOR_OP = 99 };
typedef cudaDataType cublasDataType_t;

/// One product of matrices that lie column by column, C = alpha op(A) op(B) + beta C, or a batch of them: what the recorder
/// reads (harness/plan/runtime_blas.cpp).
struct __assay_product {
    const char* function;
    const void *a, *b;
    void* c;
    long long m, n, k, lda, ldb, ldc, stride_a, stride_b, stride_c, batch;
    double alpha, beta;
    int transpose_a, transpose_b, type_in, type_out; ///< numbers of cudaDataType_t
};
extern "C" int __assay_multiply(const __assay_product* product);

namespace __assay {
inline double blas_number(const void* value, cublasComputeType_t type) {
    return type == CUBLAS_COMPUTE_16F || type == CUBLAS_COMPUTE_16F_PEDANTIC   ? static_cast<double>(*static_cast<const __half*>(value))
           : type == CUBLAS_COMPUTE_64F || type == CUBLAS_COMPUTE_64F_PEDANTIC ? *static_cast<const double*>(value)
                                                                               : *static_cast<const float*>(value);
}
template <class T> constexpr cudaDataType_t blas_type() {
    return std::is_same<T, double>::value ? CUDA_R_64F : std::is_same<T, __half>::value ? CUDA_R_16F : CUDA_R_32F;
}
} // namespace __assay

inline cublasStatus_t cublasGemmStridedBatchedEx(cublasHandle_t, cublasOperation_t transa, cublasOperation_t transb, int m, int n,
                                                 int k, const void* alpha, const void* a, cudaDataType_t type_a, int lda,
                                                 long long stride_a, const void* b, cudaDataType_t type_b, int ldb,
                                                 long long stride_b, const void* beta, void* c, cudaDataType_t type_c, int ldc,
                                                 long long stride_c, int batch, cublasComputeType_t compute, cublasGemmAlgo_t,
                                                 const char* function = "cublasGemmStridedBatchedEx") {
    if (type_a != type_b) {
        return CUBLAS_STATUS_NOT_SUPPORTED;
    }
    const __assay_product product{function, a, b, c, m, n, k, lda, ldb, ldc, stride_a, stride_b, stride_c, batch,
                                  __assay::blas_number(alpha, compute), __assay::blas_number(beta, compute), transa, transb,
                                  type_a, type_c};
    return static_cast<cublasStatus_t>(__assay_multiply(&product));
}
inline cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, int m, int n, int k,
                                   const void* alpha, const void* a, cudaDataType_t type_a, int lda, const void* b,
                                   cudaDataType_t type_b, int ldb, const void* beta, void* c, cudaDataType_t type_c, int ldc,
                                   cublasComputeType_t compute, cublasGemmAlgo_t algorithm) {
    return cublasGemmStridedBatchedEx(handle, transa, transb, m, n, k, alpha, a, type_a, lda, 0, b, type_b, ldb, 0, beta, c, type_c,
                                      ldc, 0, 1, compute, algorithm, "cublasGemmEx");
}
// Before CUDA 11 the compute type was a type of data.
inline cublasComputeType_t __assay_compute_type(cudaDataType_t type) {
    return type == CUDA_R_16F ? CUBLAS_COMPUTE_16F : type == CUDA_R_64F ? CUBLAS_COMPUTE_64F : CUBLAS_COMPUTE_32F;
}
inline cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, int m, int n, int k,
                                   const void* alpha, const void* a, cudaDataType_t type_a, int lda, const void* b,
                                   cudaDataType_t type_b, int ldb, const void* beta, void* c, cudaDataType_t type_c, int ldc,
                                   cudaDataType_t compute, cublasGemmAlgo_t algorithm) {
    return cublasGemmEx(handle, transa, transb, m, n, k, alpha, a, type_a, lda, b, type_b, ldb, beta, c, type_c, ldc,
                        __assay_compute_type(compute), algorithm);
}
inline cublasStatus_t cublasGemmStridedBatchedEx(cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, int m,
                                                 int n, int k, const void* alpha, const void* a, cudaDataType_t type_a, int lda,
                                                 long long stride_a, const void* b, cudaDataType_t type_b, int ldb,
                                                 long long stride_b, const void* beta, void* c, cudaDataType_t type_c, int ldc,
                                                 long long stride_c, int batch, cudaDataType_t compute,
                                                 cublasGemmAlgo_t algorithm) {
    return cublasGemmStridedBatchedEx(handle, transa, transb, m, n, k, alpha, a, type_a, lda, stride_a, b, type_b, ldb, stride_b,
                                      beta, c, type_c, ldc, stride_c, batch, __assay_compute_type(compute), algorithm);
}

#define ASSAY_BLAS(letter, T)                                                                                              \
    inline cublasStatus_t cublas##letter##gemmStridedBatched(                                                              \
        cublasHandle_t, cublasOperation_t transa, cublasOperation_t transb, int m, int n, int k, const T* alpha, const T* a, \
        int lda, long long stride_a, const T* b, int ldb, long long stride_b, const T* beta, T* c, int ldc,                 \
        long long stride_c, int batch, const char* function = "cublas" #letter "gemmStridedBatched") {                     \
        const __assay_product product{function, a, b, c, m, n, k, lda, ldb, ldc, stride_a, stride_b, stride_c, batch,       \
                                      static_cast<double>(*alpha), static_cast<double>(*beta), transa, transb,             \
                                      __assay::blas_type<T>(), __assay::blas_type<T>()};                                   \
        return static_cast<cublasStatus_t>(__assay_multiply(&product));                                                    \
    }                                                                                                                      \
    inline cublasStatus_t cublas##letter##gemm(cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb,  \
                                               int m, int n, int k, const T* alpha, const T* a, int lda, const T* b, int ldb, \
                                               const T* beta, T* c, int ldc) {                                             \
        return cublas##letter##gemmStridedBatched(handle, transa, transb, m, n, k, alpha, a, lda, 0, b, ldb, 0, beta, c, ldc, \
                                                  0, 1, "cublas" #letter "gemm");                                          \
    }
ASSAY_BLAS(S, float)
ASSAY_BLAS(D, double)
ASSAY_BLAS(H, __half)
#undef ASSAY_BLAS

/// y = alpha op(A) x + beta y: as the product of op(A) with a matrix of one column, or, with steps in x or y, of one row each.
#define ASSAY_BLAS(letter, T)                                                                                              \
    inline cublasStatus_t cublas##letter##gemv(cublasHandle_t, cublasOperation_t trans, int m, int n, const T* alpha,      \
                                               const T* a, int lda, const T* x, int incx, const T* beta, T* y, int incy) { \
        const bool turned = trans != CUBLAS_OP_N;                                                                          \
        if (incx <= 0 || incy <= 0) {                                                                                      \
            return CUBLAS_STATUS_NOT_SUPPORTED;                                                                            \
        }                                                                                                                  \
        /* y^T = x^T op(A)^T: rows of 1, so that the steps are leading dimensions. */                                      \
        const __assay_product product{"cublas" #letter "gemv", x, a, y, 1, turned ? n : m, turned ? m : n, incx, lda, incy, 0, 0, \
                                      0, 1, static_cast<double>(*alpha), static_cast<double>(*beta), CUBLAS_OP_N,          \
                                      turned ? CUBLAS_OP_N : CUBLAS_OP_T, __assay::blas_type<T>(), __assay::blas_type<T>()}; \
        return static_cast<cublasStatus_t>(__assay_multiply(&product));                                                    \
    }
ASSAY_BLAS(S, float)
ASSAY_BLAS(D, double)
#undef ASSAY_BLAS

inline cublasStatus_t cublasCreate(cublasHandle_t* handle) {
    *handle = reinterpret_cast<cublasHandle_t>(malloc(8));
    return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasDestroy(cublasHandle_t handle) {
    free(handle);
    return CUBLAS_STATUS_SUCCESS;
}
/// alpha and beta are read while the plan is recorded.
inline cublasStatus_t cublasSetPointerMode(cublasHandle_t, cublasPointerMode_t mode) {
    if (mode == CUBLAS_POINTER_MODE_DEVICE) {
        __assay_throw("cublasSetPointerMode: alpha and beta in device memory are not supported");
    }
    return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasGetPointerMode(cublasHandle_t, cublasPointerMode_t* mode) {
    *mode = CUBLAS_POINTER_MODE_HOST;
    return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasGetStream(cublasHandle_t, cudaStream_t* stream) {
    *stream = 0;
    return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasGetMathMode(cublasHandle_t, cublasMath_t* mode) {
    *mode = CUBLAS_DEFAULT_MATH;
    return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasGetVersion(cublasHandle_t, int* version) {
    *version = 130000;
    return CUBLAS_STATUS_SUCCESS;
}
// Settings without a meaning here: operators run in the order of their calls, in full precision.
inline cublasStatus_t cublasSetStream(cublasHandle_t, cudaStream_t) {
    return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasSetMathMode(cublasHandle_t, cublasMath_t) {
    return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasSetAtomicsMode(cublasHandle_t, cublasAtomicsMode_t) {
    return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasSetWorkspace(cublasHandle_t, void*, size_t) {
    return CUBLAS_STATUS_SUCCESS;
}
inline const char* cublasGetStatusName(cublasStatus_t status) {
    return status == CUBLAS_STATUS_SUCCESS         ? "CUBLAS_STATUS_SUCCESS"
           : status == CUBLAS_STATUS_INVALID_VALUE ? "CUBLAS_STATUS_INVALID_VALUE"
           : status == CUBLAS_STATUS_NOT_SUPPORTED ? "CUBLAS_STATUS_NOT_SUPPORTED"
                                                   : "CUBLAS_STATUS_INTERNAL_ERROR";
}
inline const char* cublasGetStatusString(cublasStatus_t status) {
    return cublasGetStatusName(status);
}

#define cublasCreate_v2 cublasCreate
#define cublasDestroy_v2 cublasDestroy
#define cublasSetStream_v2 cublasSetStream
#define cublasGetStream_v2 cublasGetStream
#define cublasSetPointerMode_v2 cublasSetPointerMode
#define cublasSgemm_v2 cublasSgemm
#define cublasDgemm_v2 cublasDgemm
#define cublasSgemv_v2 cublasSgemv
#define cublasDgemv_v2 cublasDgemv

#endif
