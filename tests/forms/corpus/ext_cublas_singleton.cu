// task: kb1_018_matmul_with_transposed_both
#include <torch/extension.h>
#include <cublas_v2.h>
#include <iostream>
#include <memory>

class CublasHandle {
public:
    static CublasHandle& instance() { static CublasHandle h; return h; }
    cublasHandle_t get() const { return handle_; }
    CublasHandle(const CublasHandle&) = delete;
    CublasHandle& operator=(const CublasHandle&) = delete;
private:
    CublasHandle() { if (cublasCreate(&handle_) != CUBLAS_STATUS_SUCCESS) throw std::runtime_error("cublasCreate failed"); cublasSetMathMode(handle_, CUBLAS_DEFAULT_MATH); }
    ~CublasHandle() { cublasDestroy(handle_); }
    cublasHandle_t handle_ = nullptr;
};

torch::Tensor matmul_tt(torch::Tensor A, torch::Tensor B) {
    // A: (K, M), B: (N, K); C = A^T B^T: (M, N)
    const int K = A.size(0), M = A.size(1), N = B.size(0);
    auto C = torch::empty({M, N}, A.options());
    float alpha = 1.0f, beta = 0.0f;
    auto status = cublasSgemm(CublasHandle::instance().get(), CUBLAS_OP_T, CUBLAS_OP_T, N, M, K, &alpha, B.data_ptr<float>(), K, A.data_ptr<float>(), M, &beta, C.data_ptr<float>(), N);
    TORCH_CHECK(status == CUBLAS_STATUS_SUCCESS, "cublasSgemm: ", cublasGetStatusString(status));
    return C;
}
PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def("matmul_tt", &matmul_tt); }
