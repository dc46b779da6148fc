// A failed check is the candidate's error, with its message and line.
// input x float32 3 5
// output y float32 3 5
//| torch_check_fails.cu:@CHECK: TORCH_CHECK: x must be 4D, got 2D: [3, 5] Float cuda
#include <torch/extension.h>

torch::Tensor forward(torch::Tensor x) {
    TORCH_CHECK(x.dim() == 4, "x must be ", 4, "D, got ", x.dim(), "D: ", x.sizes(), " ", x.scalar_type(), " ", x.device()); // @CHECK
    return x;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward);
}
