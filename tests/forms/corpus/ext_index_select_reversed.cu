// task: kb1_091_cumsum_reverse
#include <torch/extension.h>
#include <cuda_runtime.h>

__global__ void scan(const float* x, float* y, int cols) {
    float s = 0.f;
    if (threadIdx.x == 0)
        for (int c = 0; c < cols; ++c) { s += x[(size_t)blockIdx.x * cols + c]; y[(size_t)blockIdx.x * cols + c] = s; }
}

torch::Tensor forward(torch::Tensor x, int64_t dim) {
    const auto n = x.size(dim);
    auto order = torch::arange(n - 1, -1, -1, torch::TensorOptions().dtype(torch::kLong).device(x.device()));
    auto reversed = x.index_select(dim, order).contiguous();
    auto y = torch::empty_like(reversed);
    scan<<<x.size(0), 32>>>(reversed.data_ptr<float>(), y.data_ptr<float>(), x.size(1));
    return torch::flip(y, {dim});
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def("forward", &forward, "sum from the end"); }
