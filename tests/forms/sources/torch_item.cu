// A value that only the device knows.
// input x float32 1
// output y float32 1
//| torch_item.cu:@CALL: item: host code reads a value that the device computes, which needs a live plan: not supported yet (what depends on computed values belongs in a kernel)
#include <torch/extension.h>

torch::Tensor forward(torch::Tensor x) {
    const float scale = x.item<float>(); // @CALL
    return torch::full({1}, scale, x.options());
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward);
}
