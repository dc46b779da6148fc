// input x float32 5
// output y float32 5
//| the module defines a, b, and which is the entry is not clear (name one: "entry" in candidate.json, or a line `// assay: entry = NAME`)
#include <torch/extension.h>

torch::Tensor a(torch::Tensor x) {
    return x;
}
torch::Tensor b(torch::Tensor x) {
    return x;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("a", &a);
    m.def("b", &b);
}
