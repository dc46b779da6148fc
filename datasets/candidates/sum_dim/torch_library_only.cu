#include <torch/extension.h>

torch::Tensor forward(torch::Tensor x) {
    return x.sum(1);
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward, "sum");
}
