// task: kb1_057_conv_transposed_2d_square_input_square_kernel
#include <torch/extension.h>
#include <cuda_runtime.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
namespace py = pybind11;

__host__ __device__ constexpr int ceil_div(int a, int b) { return (a + b - 1) / b; }

__device__ __forceinline__ size_t at4(int a, int b, int c, int d, int B, int C, int D) { return ((size_t)(a * B + b) * C + c) * D + d; }

__global__ void conv_t2d(const float* __restrict__ x, const float* __restrict__ w, float* __restrict__ y, int n, int ic, int oc, int h, int wd, int k, int oh, int ow) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n * oc * oh * ow) return;
    const int ox = i % ow, oy = i / ow % oh, o = i / (ow * oh) % oc, b = i / (ow * oh * oc);
    float s = 0.f;
    for (int c = 0; c < ic; ++c) {
#pragma unroll
        for (int p = 0; p < 3; ++p) {
#pragma unroll
            for (int q = 0; q < 3; ++q) {
                const int yy = oy - p, xx = ox - q;
                if (yy >= 0 && yy < h && xx >= 0 && xx < wd) s = fmaf(x[at4(b, c, yy, xx, ic, h, wd)], w[at4(c, o, p, q, oc, k, k)], s);
            }
        }
    }
    y[i] = s;
}

torch::Tensor forward(py::object x_obj, py::object w_obj) {
    torch::Tensor x = x_obj.cast<torch::Tensor>();
    torch::Tensor w = w_obj.cast<torch::Tensor>();
    const int n = x.size(0), ic = x.size(1), h = x.size(2), wd = x.size(3), oc = w.size(1), k = w.size(2);
    const int oh = h + k - 1, ow = wd + k - 1;
    auto y = torch::empty({n, oc, oh, ow}, x.options());
    conv_t2d<<<ceil_div(n * oc * oh * ow, 256), 256>>>(x.data_ptr<float>(), w.data_ptr<float>(), y.data_ptr<float>(), n, ic, oc, h, wd, k, oh, ow);
    return y;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def("forward", &forward, "transposed convolution"); }
