// What is not there is named, with the line.
// input x float32 3 5
// output y float32 3 5
//| torch_unknown.cu:@CALL: class "at::Tensor" has no member "frobnicate"
#include <torch/extension.h>

torch::Tensor forward(torch::Tensor x) {
    return x.frobnicate(); // @CALL
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward);
}
