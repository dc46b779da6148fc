// task: kb1_019_relu
// expect: compile_error: CEIL_DIV
#include <torch/extension.h>
#include <cuda_runtime.h>

__global__ void relu_k(const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = x[i] > 0.f ? x[i] : 0.f;
}

torch::Tensor forward(torch::Tensor x) {
    auto y = torch::empty_like(x);
    relu_k<<<CEIL_DIV(x.numel(), 256), 256>>>(x.data_ptr<float>(), y.data_ptr<float>(), x.numel());
    return y;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward);
}
