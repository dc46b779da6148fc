// A module of which one function alone takes the task's three tensors, and one of two that do is no gradient.
// input x float32 4
// input w float32 4
// input b float32 4
// output y float32 4
// axis n 4 shape
//| buffer 0 input x 16 bytes
//| buffer 1 input w 16 bytes
//| buffer 2 input b 16 bytes
//| buffer 3 output y 16 bytes
//| step 0 line @LAUNCH launch fma(float const*, float const*, float const*, float*, int) <<<1, 32>>> (x, w, b, y, 4)
#include <torch/extension.h>

__global__ void fma(const float* x, const float* w, const float* b, float* y, int n) {
    for (int i = threadIdx.x; i < n; i += blockDim.x) y[i] = x[i] * w[i] + b[i];
}
torch::Tensor scale(torch::Tensor x) {
    return x * 2;
}
torch::Tensor fused(torch::Tensor x, torch::Tensor w, torch::Tensor b) {
    auto y = torch::empty_like(x);
    fma<<<1, 32>>>(x.data_ptr<float>(), w.data_ptr<float>(), b.data_ptr<float>(), y.data_ptr<float>(), x.numel()); // @LAUNCH
    return y;
}
std::vector<torch::Tensor> fused_backward(torch::Tensor dy, torch::Tensor x, torch::Tensor w) {
    return {dy * w, dy * x};
}
PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("scale", &scale);
    m.def("fused", &fused);
    m.def("fused_backward", &fused_backward);
}
