// A module with both directions: the task, whose name says so, takes the backward one.
// input dy float32 5
// input x float32 5
// output dx float32 5
//| buffer 0 input dy 20 bytes
//| buffer 1 input x 20 bytes
//| buffer 2 output dx 20 bytes
//| step 0 line @LAUNCH launch turn(float const*, float const*, float*) <<<1, 5>>> (dy, x, dx)
#include <torch/extension.h>

__global__ void turn(const float* dy, const float* x, float* dx) {
    dx[threadIdx.x] = x[threadIdx.x] > 0 ? dy[threadIdx.x] : 0;
}
torch::Tensor relu_forward(torch::Tensor x, torch::Tensor other) {
    return x;
}
torch::Tensor relu_backward(torch::Tensor dy, torch::Tensor x) {
    auto dx = torch::empty_like(x);
    turn<<<1, x.numel()>>>(dy.data_ptr<float>(), x.data_ptr<float>(), dx.data_ptr<float>()); // @LAUNCH
    return dx;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &relu_forward, "forward");
    m.def("backward", &relu_backward, "backward");
}
