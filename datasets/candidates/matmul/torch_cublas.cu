// The product is cuBLAS's, by PyTorch's handle.
#include <ATen/cuda/CUDAContext.h>
#include <cublas_v2.h>
#include <torch/extension.h>
torch::Tensor forward(torch::Tensor A, torch::Tensor B) {
    auto C = torch::empty({A.size(0), B.size(1)}, A.options());
    cublasHandle_t h = at::cuda::getCurrentCUDABlasHandle();
    float a = 1.f, b = 0.f;
    TORCH_CUDABLAS_CHECK(cublasSgemm(h, CUBLAS_OP_N, CUBLAS_OP_N, B.size(1), A.size(0), A.size(1), &a,
                                     B.data_ptr<float>(), B.size(1), A.data_ptr<float>(), A.size(1), &b,
                                     C.data_ptr<float>(), B.size(1)));
    return C;
}
PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward);
}
