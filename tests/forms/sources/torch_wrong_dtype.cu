// The pointer's type must be the tensor's.
// input x float16 4
// output y float16 4
//| torch_wrong_dtype.cu:@CALL: data_ptr: expected scalar type Float but found Half
#include <torch/extension.h>

__global__ void use(const float* x, float* y) {
    y[0] = x[0];
}

torch::Tensor forward(torch::Tensor x) {
    auto y = torch::empty_like(x);
    use<<<1, 1>>>(x.data_ptr<float>(), y.data_ptr<float>()); // @CALL
    return y;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward);
}
