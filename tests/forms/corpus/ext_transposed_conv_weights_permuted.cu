// task: kb1_064_conv_transposed_1d
#include <torch/extension.h>
#include <cuda_runtime.h>

__global__ void conv_t1d(const float* x, const float* w, float* y, int ic, int oc, int length, int k, int out_length) {
    int o = blockIdx.x * blockDim.x + threadIdx.x, c = blockIdx.y, n = blockIdx.z;
    if (o >= out_length) return;
    float s = 0.f;
    for (int i = 0; i < ic; ++i)
        for (int j = 0; j < k; ++j) {
            int at = o - j;
            if (at >= 0 && at < length) s += x[((size_t)n * ic + i) * length + at] * w[(c * ic + i) * k + j];
        }
    y[((size_t)n * oc + c) * out_length + o] = s;
}

torch::Tensor forward(torch::Tensor x, torch::Tensor weight) {
    auto w = weight.permute({1, 0, 2}).contiguous();
    const auto n = x.size(0), ic = x.size(1), length = x.size(2), oc = w.size(0), k = w.size(2);
    const auto out_length = (length - 1) + k;
    auto y = torch::empty({n, oc, out_length}, x.options());
    conv_t1d<<<dim3((out_length + 127) / 128, oc, n), 128>>>(x.data_ptr<float>(), w.data_ptr<float>(), y.data_ptr<float>(), ic, oc, length, k, out_length);
    return y;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def("forward", &forward, "transposed convolution"); }
