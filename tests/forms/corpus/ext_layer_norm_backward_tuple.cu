// task: rk_llama_rmsnorm_backward
#include <torch/extension.h>
#include <cuda_runtime.h>
#include <tuple>

__global__ void rms_backward(const float* dy, const float* x, const float* w, float* dx, float* dw, int width, float eps) {
    __shared__ float s[256], t[256];
    const float* xr = x + (size_t)blockIdx.x * width;
    const float* gr = dy + (size_t)blockIdx.x * width;
    float a = 0.f, b = 0.f;
    for (int i = threadIdx.x; i < width; i += 256) { a += xr[i] * xr[i]; b += gr[i] * w[i] * xr[i]; }
    s[threadIdx.x] = a; t[threadIdx.x] = b;
    __syncthreads();
    for (int o = 128; o > 0; o >>= 1) {
        if (threadIdx.x < o) { s[threadIdx.x] += s[threadIdx.x + o]; t[threadIdx.x] += t[threadIdx.x + o]; }
        __syncthreads();
    }
    const float r = rsqrtf(s[0] / width + eps), c = t[0] * r * r * r / width;
    for (int i = threadIdx.x; i < width; i += 256) {
        dx[(size_t)blockIdx.x * width + i] = gr[i] * w[i] * r - c * xr[i];
        atomicAdd(dw + i, gr[i] * xr[i] * r);
    }
}

std::tuple<torch::Tensor, torch::Tensor> backward(torch::Tensor dy, torch::Tensor x, torch::Tensor w, float eps) {
    const int width = x.size(-1);
    const int rows = x.numel() / width;
    auto dx = torch::empty_like(x);
    auto dw = torch::zeros_like(w);
    rms_backward<<<rows, 256>>>(dy.data_ptr<float>(), x.data_ptr<float>(), w.data_ptr<float>(), dx.data_ptr<float>(), dw.data_ptr<float>(), width, eps);
    return std::make_tuple(dx, dw);
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("backward", &backward, "RMS norm backward");
}
