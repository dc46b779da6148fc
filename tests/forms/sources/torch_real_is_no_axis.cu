// A real number is no axis, however many of either there are.
// input x float32 2 3
// output y float32 2 3
// axis rows 2 shape
// axis cols 3 shape
//| `forward` takes 2 numbers, and which they are is not clear (the task `torch_real_is_no_axis` passes (const float* x, float* y, int rows, int cols); "arguments" in candidate.json, or a line `// assay: arguments = x, weight, 3`, says what each parameter takes)
#include <torch/extension.h>

torch::Tensor forward(torch::Tensor x, float a, float b) { return x * a + b; }

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def("forward", &forward); }
