// task: kb2_001_conv2d_relu_biasadd
#include <torch/extension.h>
#include <cuda_runtime.h>
#include <vector>

__global__ void relu_bias(float* y, const float* bias, int channels, int space, size_t n) {
    for (size_t i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += (size_t)blockDim.x * gridDim.x)
        y[i] = fmaxf(y[i], 0.f) + bias[i / space % channels];
}

torch::Tensor forward(torch::Tensor x, torch::Tensor conv_weight, torch::Tensor conv_bias, torch::Tensor bias) {
    auto y = torch::conv2d(x, conv_weight, conv_bias, {1, 1}, {0, 0}, {1, 1}, 1).contiguous();
    const size_t n = y.numel();
    const int sms = at::cuda::getCurrentDeviceProperties()->multiProcessorCount;
    const int blocks = std::min<size_t>((n + 255) / 256, (size_t)sms * 8);
    relu_bias<<<blocks, 256>>>(y.data_ptr<float>(), bias.flatten().data_ptr<float>(), y.size(1), y.size(2) * y.size(3), n);
    return y;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward, "conv, ReLU, bias");
}
