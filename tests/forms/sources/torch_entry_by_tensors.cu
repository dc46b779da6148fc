// None of the functions is `forward`: the entry is the one that takes as many tensors as the task has.
// input x float32 5
// output y float32 5
//| buffer 0 input x 20 bytes
//| buffer 1 output y 20 bytes
//| step 0 line @LAUNCH launch same(float const*, float*) <<<1, 5>>> (x, y)
#include <torch/extension.h>

__global__ void same(const float* x, float* y) {
    y[threadIdx.x] = x[threadIdx.x];
}
torch::Tensor copy_one(torch::Tensor x) {
    auto y = torch::empty_like(x);
    same<<<1, x.numel()>>>(x.data_ptr<float>(), y.data_ptr<float>()); // @LAUNCH
    return y;
}
torch::Tensor copy_two(torch::Tensor x, torch::Tensor other) {
    return x;
}
torch::Tensor copy_grad(torch::Tensor dy) {
    return dy;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("copy_two", &copy_two);
    m.def("copy_grad", &copy_grad);
    m.def("copy_one", &copy_one);
}
