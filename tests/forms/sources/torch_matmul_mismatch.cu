// input a float32 4 3
// input b float32 2 4 5
// output c float32 2 4 5
//| torch_matmul_mismatch.cu:@LINE: matmul: shapes [4, 3] and [2, 4, 5] cannot be multiplied
#include <torch/extension.h>

torch::Tensor forward(torch::Tensor a, torch::Tensor b) {
    return torch::matmul(a, b); // @LINE
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def("forward", &forward); }
