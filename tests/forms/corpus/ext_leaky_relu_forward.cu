// task: kb1_020_leakyrelu
#include <torch/extension.h>
#include <cuda.h>
#include <cuda_runtime.h>

#define CHECK_CUDA(x) TORCH_CHECK(x.is_cuda(), #x " must be a CUDA tensor")
#define CHECK_CONTIGUOUS(x) TORCH_CHECK(x.is_contiguous(), #x " must be contiguous")
#define CHECK_INPUT(x) CHECK_CUDA(x); CHECK_CONTIGUOUS(x)

__global__ void leaky_kernel(const float* x, float* y, float slope, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = x[i] > 0 ? x[i] : x[i] * slope;
}

torch::Tensor leaky_forward(torch::Tensor x, float slope) {
    CHECK_INPUT(x);
    auto y = torch::empty_like(x);
    int n = x.numel();
    const int threads = 1024;
    const int blocks = (n + threads - 1) / threads;
    leaky_kernel<<<blocks, threads>>>(x.data_ptr<float>(), y.data_ptr<float>(), slope, n);
    return y;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &leaky_forward, "leaky ReLU forward (CUDA)");
}
