// A product of cublasLt with its epilogue, column by column and row by row; an epilogue that there is not is an error.
// input a float32 6 5
// input b float32 5 7
// input bias float32 7
// output c float32 6 7
//| buffer 0 input a 120 bytes
//| buffer 1 input b 140 bytes
//| buffer 2 input bias 28 bytes
//| buffer 3 output c 168 bytes
//| buffer 4 scratch scratch1 168 bytes
//| buffer 5 scratch scratch2 168 bytes
//| library line @COLUMNS cublas_gemm_nn (0 steps)
//| library line @COLUMNS add (0 steps)
//| library line @COLUMNS gelu_tanh (0 steps)
//| step 0 line @COLUMNS copy c <- scratch2: 168 bytes
//| library line @ROWS cublas_gemm_nn (0 steps)
#include <cublasLt.h>
#include <torch/extension.h>

torch::Tensor forward(torch::Tensor a, torch::Tensor b, torch::Tensor bias) {
    auto c = torch::empty({6, 7}, a.options());
    cublasLtHandle_t handle;
    cublasLtCreate(&handle);
    cublasLtMatmulDesc_t product;
    cublasLtMatmulDescCreate(&product, CUBLAS_COMPUTE_32F_FAST_TF32, CUDA_R_32F);
    const cublasLtEpilogue_t epilogue = CUBLASLT_EPILOGUE_GELU_BIAS;
    const float* const of = bias.data_ptr<float>();
    cublasLtMatmulDescSetAttribute(product, CUBLASLT_MATMUL_DESC_EPILOGUE, &epilogue, sizeof epilogue);
    cublasLtMatmulDescSetAttribute(product, CUBLASLT_MATMUL_DESC_BIAS_POINTER, &of, sizeof of);
    cublasLtMatrixLayout_t x, y, z;
    cublasLtMatrixLayoutCreate(&x, CUDA_R_32F, 7, 5, 7);
    cublasLtMatrixLayoutCreate(&y, CUDA_R_32F, 5, 6, 5);
    cublasLtMatrixLayoutCreate(&z, CUDA_R_32F, 7, 6, 7);
    const float one = 1, zero = 0;
    cublasLtMatmul(handle, product, &one, b.data_ptr(), x, a.data_ptr(), y, &zero, c.data_ptr(), z, c.data_ptr(), z, // @COLUMNS
                   nullptr, nullptr, 0, 0);
    cublasLtMatmulDesc_t plain;
    cublasLtMatmulDescCreate(&plain, CUBLAS_COMPUTE_32F, CUDA_R_32F);
    const cublasLtOrder_t rows = CUBLASLT_ORDER_ROW;
    cublasLtMatrixLayout_t p, q, r;
    cublasLtMatrixLayoutCreate(&p, CUDA_R_32F, 6, 5, 5);
    cublasLtMatrixLayoutCreate(&q, CUDA_R_32F, 5, 7, 7);
    cublasLtMatrixLayoutCreate(&r, CUDA_R_32F, 6, 7, 7);
    for (cublasLtMatrixLayout_t layout : {p, q, r}) {
        cublasLtMatrixLayoutSetAttribute(layout, CUBLASLT_MATRIX_LAYOUT_ORDER, &rows, sizeof rows);
    }
    const auto status = cublasLtMatmul(handle, plain, &one, a.data_ptr(), p, b.data_ptr(), q, &zero, c.data_ptr(), r, c.data_ptr(), r, // @ROWS
                                       nullptr, nullptr, 0, 0);
    TORCH_CHECK(status == CUBLAS_STATUS_SUCCESS, "rows");
    return c;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def("forward", &forward); }
