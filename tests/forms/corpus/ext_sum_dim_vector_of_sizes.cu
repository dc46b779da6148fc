// task: kb1_047_sum_reduction_over_a_dimension
#include <torch/types.h>
#include <torch/extension.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/macros/Macros.h>
#include <numeric>
#include <functional>
#include <optional>

template <typename scalar_t, typename accscalar_t = float>
C10_LAUNCH_BOUNDS_1(256)
__global__ void sum_kernel(const scalar_t* __restrict__ in, scalar_t* __restrict__ out, const int64_t reduce, const int64_t inner) {
    const int64_t j = (int64_t)blockIdx.x * 32 + threadIdx.x;
    __shared__ accscalar_t partial[8][33];
    accscalar_t acc = 0;
    if (j < inner)
        for (int64_t r = threadIdx.y; r < reduce; r += 8) acc += in[(blockIdx.y * reduce + r) * inner + j];
    partial[threadIdx.y][threadIdx.x] = acc;
    __syncthreads();
    if (threadIdx.y == 0 && j < inner) {
        for (int k = 1; k < 8; ++k) acc += partial[k][threadIdx.x];
        out[blockIdx.y * inner + j] = acc;
    }
}

torch::Tensor sum_dim(const torch::Tensor& self, int64_t dim, std::optional<bool> keepdim_opt) {
    const bool keepdim = keepdim_opt.value_or(true);
    auto x = self.is_contiguous() ? self : self.contiguous();
    const auto sizes = x.sizes();
    dim = (dim + x.dim()) % x.dim();
    const int64_t outer = std::accumulate(sizes.begin(), sizes.begin() + dim, int64_t{1}, std::multiplies<int64_t>());
    const int64_t inner = std::accumulate(sizes.begin() + dim + 1, sizes.end(), int64_t{1}, std::multiplies<>());
    at::DimVector out_sizes(sizes.begin(), sizes.end());
    if (keepdim) out_sizes[dim] = 1; else out_sizes.erase(out_sizes.begin() + dim);
    auto out = torch::empty(out_sizes, x.options());
    AT_DISPATCH_ALL_TYPES(x.scalar_type(), "sum_dim", [&] {
        sum_kernel<scalar_t><<<dim3((inner + 31) / 32, outer), dim3(32, 8)>>>(x.data_ptr<scalar_t>(), out.data_ptr<scalar_t>(), sizes[dim], inner);
    });
    return out;
}
PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &sum_dim, "sum", py::arg("self"), py::arg("dim") = 1, py::arg("keepdim") = py::none());
}
