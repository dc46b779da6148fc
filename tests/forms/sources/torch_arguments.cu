// The candidate says what each parameter takes.
// input x float32 4 8
// input w float32 8
// output y float32 4 8
// axis rows 4 shape
// axis cols 8 shape
// assay: arguments = w, x, cols, 5, none
//| buffer 0 input w 32 bytes
//| buffer 1 input x 128 bytes
//| buffer 2 output y 128 bytes
//| step 0 line @LAUNCH launch use(float const*, float const*, float*, int, int) <<<1, 1>>> (w, x, y, 8, 5)
#include <torch/extension.h>

__global__ void use(const float* w, const float* x, float* y, int a, int b) {
    y[0] = x[0] * w[0] + a + b;
}

torch::Tensor forward(torch::Tensor w, torch::Tensor x, int a, int b, py::object bias) {
    auto y = torch::empty({x.size(0), x.size(-1)}, torch::dtype(torch::kFloat32).device(torch::kCUDA));
    TORCH_CHECK(bias.is(py::none()), "None");
    use<<<1, 1>>>(w.data_ptr<float>(), x.data_ptr<float>(), y.data_ptr<float>(), a, b); // @LAUNCH
    return y;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward);
}
