// A cache at namespace scope, filled at the first call.
#include <ATen/cuda/CUDABlas.h>
#include <ATen/cuda/CUDAContext.h>
#include <c10/core/ScalarType.h>
#include <c10/cuda/CUDAStream.h>
#include <c10/util/irange.h>
#include <cublas_v2.h>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <torch/extension.h>
__global__ void k(const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        y[i] = max(x[i], 0.f);
    }
}
class Relu {
public:
    explicit Relu(int block) : block_(block) {}
    torch::Tensor operator()(const torch::Tensor& x) const {
        auto y = torch::empty_like(x);
        for (const auto i : c10::irange(1)) {
            (void)i;
        }
        std::cout << "x: " << x.sizes() << " " << x.dtype() << " on " << x.device() << std::endl;
        k<<<(x.numel() + block_ - 1) / block_, block_, 0, at::cuda::getDefaultCUDAStream()>>>(
            x.data_ptr<float>(), y.data_ptr<float>(), x.numel());
        return y;
    }

private:
    int block_;
};
static std::map<int, std::shared_ptr<Relu>> cache;
torch::Tensor forward(torch::Tensor x) {
    auto it = cache.find(256);
    if (it == cache.end()) {
        it = cache.emplace(256, std::make_shared<Relu>(256)).first;
    }
    return (*it->second)(x);
}
PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward);
}
