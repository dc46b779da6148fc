// Numbers that could be several things: the task's are listed.
// input x float32 4 8
// output y float32 4 8
// axis rows 4 shape
// axis cols 8 shape
// axis dim 1
// scalar eps float32 0.125
//| `forward` takes 3 numbers, and which they are is not clear (the task `torch_numbers_unclear` passes (const float* x, float* y, int rows, int cols, int dim, float eps); "arguments" in candidate.json, or a line `// assay: arguments = x, weight, 3`, says what each parameter takes)
#include <torch/extension.h>

torch::Tensor forward(torch::Tensor x, int a, int b, int c) {
    return x;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward);
}
