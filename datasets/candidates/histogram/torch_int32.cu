#include <torch/extension.h>

__global__ void histogram_kernel(const int* x, int* counts, int n) {
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) atomicAdd(&counts[x[i]], 1);
}

torch::Tensor histogram(torch::Tensor x, int64_t bins) {
    auto counts = torch::zeros({bins}, torch::TensorOptions().dtype(torch::kInt32).device(x.device()));
    histogram_kernel<<<64, 256>>>(x.data_ptr<int>(), counts.data_ptr<int>(), x.numel());
    return counts;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &histogram, "histogram");
}
