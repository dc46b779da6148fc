#include <torch/extension.h>

torch::Tensor forward(torch::Tensor x) {
    return x.reshape({x.size(1), x.size(0)}).clone();
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward, "transpose");
}
