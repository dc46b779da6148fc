// A view and its dense copy: PyTorch's, not a kernel.
#include <torch/extension.h>

torch::Tensor forward(torch::Tensor x) {
    return x.t().contiguous();
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward, "transpose");
}
