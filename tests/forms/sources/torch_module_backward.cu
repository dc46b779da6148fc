// A module with both directions: a task that ends in `_backward` gets the other one.
// input dy float32 8
// input x float32 8
// output dx float32 8
// axis n 8 shape
//| buffer 0 input dy 32 bytes
//| buffer 1 input x 32 bytes
//| buffer 2 output dx 32 bytes
//| step 0 line @LAUNCH launch relu_gradient(float const*, float const*, float*, int) <<<1, 32>>> (dy, x, dx, 8)
#include <torch/extension.h>

__global__ void relu(const float* x, float* y, int n) {
    for (int i = threadIdx.x; i < n; i += blockDim.x) y[i] = fmaxf(x[i], 0.0f);
}
__global__ void relu_gradient(const float* dy, const float* x, float* dx, int n) {
    for (int i = threadIdx.x; i < n; i += blockDim.x) dx[i] = x[i] > 0.0f ? dy[i] : 0.0f;
}
torch::Tensor forward(torch::Tensor x, std::optional<torch::Tensor> mask) {
    auto y = torch::empty_like(x);
    relu<<<1, 32>>>(x.data_ptr<float>(), y.data_ptr<float>(), x.numel());
    return y;
}
torch::Tensor backward(torch::Tensor dy, torch::Tensor x) {
    auto dx = torch::empty_like(x);
    relu_gradient<<<1, 32>>>(dy.data_ptr<float>(), x.data_ptr<float>(), dx.data_ptr<float>(), x.numel()); // @LAUNCH
    return dx;
}
PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward, "ReLU");
    m.def("backward", &backward, "ReLU, backward");
}
