#include <torch/extension.h>

__global__ void scale_kernel(const float* x, float* y, float factor, long long n) {
    long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x;
    if (i < n) y[i] = x[i] * factor;
}

// The norm comes to the host and goes back as an argument.
torch::Tensor forward(torch::Tensor x) {
    const float norm = std::sqrt(x.square().sum().item<float>());
    auto y = torch::empty_like(x);
    scale_kernel<<<(x.numel() + 255) / 256, 256>>>(x.data_ptr<float>(), y.data_ptr<float>(), 1.0f / norm, x.numel());
    return y;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward);
}
