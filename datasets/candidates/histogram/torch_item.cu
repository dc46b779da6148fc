#include <torch/extension.h>

__global__ void histogram_kernel(const int* x, int* counts, int n, int bins) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) atomicAdd(&counts[min(x[i], bins - 1)], 1);
}

torch::Tensor histogram(torch::Tensor x, int64_t bins) {
    auto counts = torch::zeros({bins}, x.options());
    const int largest = x[0].item<int>();
    histogram_kernel<<<(x.numel() + 255) / 256, 256>>>(x.data_ptr<int>(), counts.data_ptr<int>(), x.numel(), bins + (largest < 0));
    return counts;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &histogram, "histogram");
}
