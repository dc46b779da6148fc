// task: rk_mnist_linear_relu_forward
#include <torch/extension.h>
#include <cuda_runtime.h>

__global__ void matmul_bias(const float* x, const float* w, const float* b, float* y, int rows, int in, int out) {
    int r = blockIdx.y * blockDim.y + threadIdx.y, c = blockIdx.x * blockDim.x + threadIdx.x;
    if (r < rows && c < out) {
        float s = b[c];
        for (int i = 0; i < in; ++i) s += x[r * in + i] * w[c * in + i];
        y[r * out + c] = s;
    }
}
__global__ void clip(float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n && y[i] < 0.f) y[i] = 0.f;
}

static torch::Tensor linear(const torch::Tensor& x, const torch::Tensor& w, const torch::Tensor& b) {
    auto y = torch::empty({x.size(0), w.size(0)}, x.options());
    const dim3 block(32, 8);
    const dim3 grid((w.size(0) + block.x - 1) / block.x, (x.size(0) + block.y - 1) / block.y);
    matmul_bias<<<grid, block>>>(x.data_ptr<float>(), w.data_ptr<float>(), b.data_ptr<float>(), y.data_ptr<float>(), x.size(0), x.size(1), w.size(0));
    return y;
}
static torch::Tensor& clip_(torch::Tensor& y) {
    clip<<<(y.numel() + 255) / 256, 256>>>(y.data_ptr<float>(), y.numel());
    return y;
}
torch::Tensor forward(torch::Tensor x, torch::Tensor w, torch::Tensor b) {
    auto y = linear(x, w, b);
    return clip_(y);
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("linear", &linear, "linear");
    m.def("forward", &forward, "linear and ReLU");
}
