// task: conv2d
#include <torch/extension.h>
#include <cuda_runtime.h>
#include <c10/util/Optional.h>

__global__ void conv_kernel(const float* x, const float* w, const float* b, float* y, int n, int ic, int h, int wd, int oc, int kh, int kw, int stride, int pad, int oh, int ow) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n * oc * oh * ow) return;
    int ox = i % ow, oy = i / ow % oh, o = i / (ow * oh) % oc, bn = i / (ow * oh * oc);
    float sum = b ? b[o] : 0.0f;
    for (int c = 0; c < ic; ++c)
        for (int p = 0; p < kh; ++p)
            for (int q = 0; q < kw; ++q) {
                int yy = oy * stride - pad + p, xx = ox * stride - pad + q;
                if (yy >= 0 && yy < h && xx >= 0 && xx < wd)
                    sum += x[((bn * ic + c) * h + yy) * wd + xx] * w[((o * ic + c) * kh + p) * kw + q];
            }
    y[i] = sum;
}

torch::Tensor forward(torch::Tensor x, torch::Tensor weight, torch::optional<torch::Tensor> bias, int stride, int padding) {
    AT_ASSERT(x.dim() == 4);
    const int n = x.size(0), ic = x.size(1), h = x.size(2), w = x.size(3), oc = weight.size(0), kh = weight.size(2), kw = weight.size(3);
    const int oh = (h + 2 * padding - kh) / stride + 1, ow = (w + 2 * padding - kw) / stride + 1;
    auto y = torch::empty({n, oc, oh, ow}, x.options());
    const int total = y.numel();
    conv_kernel<<<(total + 255) / 256, 256>>>(x.data_ptr<float>(), weight.data_ptr<float>(), bias.has_value() ? bias->data_ptr<float>() : nullptr,
        y.data_ptr<float>(), n, ic, h, w, oc, kh, kw, stride, padding, oh, ow);
    return y;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward, "conv2d forward (CUDA)", py::arg("x"), py::arg("weight"), py::arg("bias") = py::none(), py::arg("stride"), py::arg("padding"));
}
