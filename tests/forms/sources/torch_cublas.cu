// Products of cuBLAS are operators: what lies in columns there lies in rows here, so the operands are exchanged and the first
// letter is the second one's. A wrong
// leading dimension, and operands of two types, are cuBLAS's own errors.
// input a float32 6 5
// input b float32 5 7
// output c float32 6 7
//| buffer 0 input a 120 bytes
//| buffer 1 input b 140 bytes
//| buffer 2 output c 168 bytes
//| library line @NN cublas_gemm_nn (0 steps)
//| library line @TT cublas_gemm_tt (0 steps)
//| library line @GEMV cublas_gemm_tn (0 steps)
//| library line @EX cublas_gemm_nn (0 steps)
#include <ATen/cuda/CUDAContext.h>
#include <cublas_v2.h>
#include <torch/extension.h>

torch::Tensor forward(torch::Tensor a, torch::Tensor b) {
    auto c = torch::empty({6, 7}, a.options());
    cublasHandle_t handle = at::cuda::getCurrentCUDABlasHandle();
    TORCH_CUDABLAS_CHECK(cublasSetStream(handle, at::cuda::getCurrentCUDAStream()));
    TORCH_CUDABLAS_CHECK(cublasSetMathMode(handle, CUBLAS_TF32_TENSOR_OP_MATH));
    const float* const x = a.data_ptr<float>();
    const float* const y = b.data_ptr<float>();
    float* const z = c.data_ptr<float>();
    const float alpha = 1, beta = 0, half = 0.5f;
    cublasStatus_t status = cublasSgemm(handle, CUBLAS_OP_N, CUBLAS_OP_N, 7, 6, 5, &alpha, y, 7, x, 5, &beta, z, 7); // @NN
    TORCH_CHECK(status == CUBLAS_STATUS_SUCCESS);
    status = cublasSgemm(handle, CUBLAS_OP_T, CUBLAS_OP_T, 5, 4, 3, &alpha, x, 5, y, 4, &half, z, 5); // @TT
    TORCH_CHECK(status == CUBLAS_STATUS_SUCCESS);
    status = cublasSgemv(handle, CUBLAS_OP_N, 5, 6, &alpha, x, 5, y, 1, &beta, z, 2); // @GEMV
    TORCH_CHECK(status == CUBLAS_STATUS_SUCCESS);
    status = cublasSgemm(handle, CUBLAS_OP_N, CUBLAS_OP_N, 7, 6, 5, &alpha, y, 6, x, 5, &beta, z, 7);
    TORCH_CHECK(status == CUBLAS_STATUS_INVALID_VALUE, "a leading dimension of 6 for 7 rows");
    status = cublasGemmEx(handle, CUBLAS_OP_N, CUBLAS_OP_N, 7, 6, 5, &alpha, y, CUDA_R_32F, 7, x, CUDA_R_16F, 5, &beta, z, CUDA_R_32F, 7,
                          CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT);
    TORCH_CHECK(status == CUBLAS_STATUS_NOT_SUPPORTED, "operands of two types");
    status = cublasGemmEx( // @EX
                          handle, CUBLAS_OP_N, CUBLAS_OP_N, 3, 2, 2, &alpha, y, CUDA_R_16F, 3, x, CUDA_R_16F, 2, &beta, z, CUDA_R_32F,
                          3, CUDA_R_32F, CUBLAS_GEMM_DEFAULT_TENSOR_OP);
    TORCH_CHECK(status == CUBLAS_STATUS_SUCCESS);
    cublasDestroy(handle);
    return c;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def("forward", &forward); }
