// task: kb1_032_hardtanh
#include <torch/extension.h>
#include <cuda.h>
#include <cuda_runtime.h>
#include <algorithm>
#include <stdexcept>

template <typename scalar_t>
__global__ void hardtanh_stride(const scalar_t* __restrict__ x, scalar_t* __restrict__ y, int64_t n, scalar_t lo, scalar_t hi) {
    for (int64_t i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += (int64_t)blockDim.x * gridDim.x) {
        scalar_t v = __ldg(&x[i]);
        y[i] = v < lo ? lo : (v > hi ? hi : v);
    }
}

at::Tensor forward_cuda(const at::Tensor& x, float lo, float hi) {
    auto y = at::empty_like(x);
    const int64_t n = x.numel();
    const int threads = 256;
    const int blocks = std::min<int64_t>(65535, (n + threads - 1) / threads);
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "hardtanh_cuda", ([&] {
        hardtanh_stride<scalar_t><<<blocks, threads>>>(x.data_ptr<scalar_t>(), y.data_ptr<scalar_t>(), n,
            static_cast<scalar_t>(lo), static_cast<scalar_t>(hi));
    }));
    return y;
}

at::Tensor forward(const at::Tensor& x, float min_val, float max_val) {
    if (!x.is_cuda()) {
        throw std::invalid_argument("x has to be a CUDA tensor");
    }
    return forward_cuda(x, min_val, max_val);
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward, "hardtanh with a grid-stride loop");
}
