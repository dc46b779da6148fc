#include <torch/extension.h>

__global__ void conv2d_kernel(const float* x, const float* w, const float* b, float* y, int batch, int in_c, int h, int wd,
                              int out_c, int k, int stride, int pad, int out_h, int out_w) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= batch * out_c * out_h * out_w) return;
    const int ox = i % out_w, oy = i / out_w % out_h, oc = i / out_w / out_h % out_c, n = i / out_w / out_h / out_c;
    float sum = b != nullptr ? b[oc] : 0.0f;
    for (int c = 0; c < in_c; c++)
        for (int ky = 0; ky < k; ky++)
            for (int kx = 0; kx < k; kx++) {
                const int iy = oy * stride - pad + ky, ix = ox * stride - pad + kx;
                if (iy >= 0 && iy < h && ix >= 0 && ix < wd)
                    sum += x[((n * in_c + c) * h + iy) * wd + ix] * w[((oc * in_c + c) * k + ky) * k + kx];
            }
    y[i] = sum;
}

torch::Tensor conv2d_forward(torch::Tensor x, torch::Tensor weight, torch::optional<torch::Tensor> bias, int stride, int padding) {
    const int k = weight.size(2);
    const int out_h = (x.size(2) + 2 * padding - k) / stride + 1, out_w = (x.size(3) + 2 * padding - k) / stride + 1;
    auto y = torch::empty({x.size(0), weight.size(0), out_h, out_w}, x.options());
    const int total = y.numel();
    conv2d_kernel<<<(total + 255) / 256, 256>>>(x.data_ptr<float>(), weight.data_ptr<float>(),
                                                bias.has_value() ? bias->data_ptr<float>() : nullptr, y.data_ptr<float>(),
                                                x.size(0), x.size(1), x.size(2), x.size(3), weight.size(0), k, stride,
                                                padding, out_h, out_w);
    return y;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &conv2d_forward, "conv2d");
}
