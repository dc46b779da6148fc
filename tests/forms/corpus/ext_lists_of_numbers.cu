// task: kb1_057_conv_transposed_2d_square_input_square_kernel
#include <torch/extension.h>
#include <vector>
#include <string>

struct ConvParams {
    int batch, cin, cout, hin, win, hout, wout, k;
    int stride, pad, out_pad, groups;
};

__global__ void __launch_bounds__(256, 2) deconv(const float* __restrict__ x, const float* __restrict__ w, const float* __restrict__ b, float* __restrict__ y, const ConvParams p) {
    for (long idx = blockIdx.x * (long)blockDim.x + threadIdx.x; idx < (long)p.batch * p.cout * p.hout * p.wout; idx += (long)gridDim.x * blockDim.x) {
        int ow = idx % p.wout; long t = idx / p.wout;
        int oh = t % p.hout; t /= p.hout;
        int oc = t % p.cout; int n = t / p.cout;
        const int cog = p.cout / p.groups, cig = p.cin / p.groups, g = oc / cog;
        float sum = b == nullptr ? 0.0f : b[oc];
        for (int kh = 0; kh < p.k; ++kh) {
            int hs = oh + p.pad - kh;
            if (hs < 0 || hs % p.stride) continue;
            int ih = hs / p.stride;
            if (ih >= p.hin) continue;
            for (int kw = 0; kw < p.k; ++kw) {
                int ws = ow + p.pad - kw;
                if (ws < 0 || ws % p.stride) continue;
                int iw = ws / p.stride;
                if (iw >= p.win) continue;
                for (int ic = 0; ic < cig; ++ic)
                    sum += x[((n * p.cin + g * cig + ic) * p.hin + ih) * p.win + iw] * w[(((g * cig + ic) * cog + oc % cog) * p.k + kh) * p.k + kw];
            }
        }
        y[idx] = sum;
    }
}

torch::Tensor conv_transpose2d_forward(torch::Tensor x, torch::Tensor weight, torch::optional<torch::Tensor> bias_opt, std::vector<int64_t> stride, std::vector<int64_t> padding, std::vector<int64_t> output_padding, int64_t groups) {
    ConvParams p;
    p.batch = x.size(0); p.cin = x.size(1); p.hin = x.size(2); p.win = x.size(3);
    p.k = weight.size(2); p.stride = stride[0]; p.pad = padding[0]; p.out_pad = output_padding[0]; p.groups = groups;
    p.cout = weight.size(1) * groups;
    p.hout = (p.hin - 1) * p.stride - 2 * p.pad + p.k + p.out_pad;
    p.wout = (p.win - 1) * p.stride - 2 * p.pad + p.k + p.out_pad;
    torch::Tensor bias = bias_opt.value_or(torch::Tensor());
    auto y = at::empty({p.batch, p.cout, p.hout, p.wout}, x.options());
    const int threads = 256;
    const long total = y.numel();
    deconv<<<static_cast<unsigned int>(std::min((total + threads - 1) / threads, 65535L)), threads>>>(x.data_ptr<float>(), weight.data_ptr<float>(), bias.defined() ? bias.data_ptr<float>() : nullptr, y.data_ptr<float>(), p);
    return y;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &conv_transpose2d_forward, "ConvTranspose2d forward",
          py::arg("x"), py::arg("weight"), py::arg("bias") = py::none(), py::arg("stride") = std::vector<int64_t>{1, 1},
          py::arg("padding") = std::vector<int64_t>{0, 0}, py::arg("output_padding") = std::vector<int64_t>{0, 0}, py::arg("groups") = 1);
}
