// As an extension's function of many parameters, most of which have defaults.
#include <torch/extension.h>

#define CHECK_INPUT(x) TORCH_CHECK((x).is_cuda() && (x).is_contiguous(), #x " must be a contiguous CUDA tensor")

template <typename scalar_t>
__global__ void depthwise_kernel(const scalar_t* __restrict__ x, const scalar_t* __restrict__ weight,
                                 const scalar_t* __restrict__ bias, scalar_t* __restrict__ y, int channels, int height,
                                 int width, int rows, int cols, int kernel, int stride, int padding) {
    const int c = blockIdx.x * blockDim.x + threadIdx.x, r = blockIdx.y * blockDim.y + threadIdx.y;
    const int plane = blockIdx.z, channel = plane % channels;
    if (c >= cols || r >= rows) return;
    scalar_t sum = bias == nullptr ? scalar_t(0) : bias[channel];
    for (int i = 0; i < kernel; ++i) {
        for (int j = 0; j < kernel; ++j) {
            const int from_row = r * stride - padding + i, from_col = c * stride - padding + j;
            if (from_row >= 0 && from_row < height && from_col >= 0 && from_col < width) {
                sum += x[(int64_t(plane) * height + from_row) * width + from_col] * weight[(channel * kernel + i) * kernel + j];
            }
        }
    }
    y[(int64_t(plane) * rows + r) * cols + c] = sum;
}

torch::Tensor forward(torch::Tensor x, torch::Tensor weight, c10::optional<torch::Tensor> bias, int stride, int padding,
                      int groups) {
    CHECK_INPUT(x);
    CHECK_INPUT(weight);
    const int kernel = weight.size(2);
    const int rows = (x.size(2) + 2 * padding - kernel) / stride + 1, cols = (x.size(3) + 2 * padding - kernel) / stride + 1;
    auto y = torch::empty({x.size(0), x.size(1), rows, cols}, x.options());
    const dim3 block(32, 4), grid((cols + 31) / 32, (rows + 3) / 4, x.size(0) * x.size(1));
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "depthwise", ([&] {
        depthwise_kernel<scalar_t><<<grid, block>>>(x.data_ptr<scalar_t>(), weight.data_ptr<scalar_t>(),
                                                    bias.has_value() ? bias->data_ptr<scalar_t>() : nullptr,
                                                    y.data_ptr<scalar_t>(), x.size(1), x.size(2), x.size(3), rows, cols,
                                                    kernel, stride, padding);
    }));
    C10_CUDA_KERNEL_LAUNCH_CHECK();
    return y;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward, "depthwise convolution", py::arg("x"), py::arg("weight"), py::arg("bias") = py::none(),
          py::arg("stride") = 1, py::arg("padding") = 0, py::arg("groups") = 1);
}
