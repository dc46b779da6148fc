// task: kb1_049_max_reduction_over_a_dimension
#include <torch/extension.h>
#include <cuda_runtime.h>

template <typename scalar_t>
__global__ void max_general(const scalar_t* x, scalar_t* out, const int64_t* sizes, const int64_t* strides, int64_t dims, int64_t dim, int64_t total) {
    int64_t i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= total) return;
    int64_t rest = i, offset = 0;
    for (int64_t d = dims - 1; d >= 0; --d) {
        if (d == dim) continue;
        offset += rest % sizes[d] * strides[d];
        rest /= sizes[d];
    }
    scalar_t best = x[offset];
    for (int64_t j = 1; j < sizes[dim]; ++j) {
        scalar_t v = x[offset + j * strides[dim]];
        best = v > best ? v : best;
    }
    out[i] = best;
}

torch::Tensor forward(torch::Tensor x, int64_t dim) {
    auto sizes = x.sizes();
    std::vector<int64_t> shape;
    for (int64_t d = 0; d < x.dim(); d++) {
        if (d == dim) continue;
        shape.push_back(sizes[d]);
    }
    auto out = torch::empty(shape, x.options());
    auto sizes_t = torch::tensor(sizes, torch::dtype(torch::kInt64)).to(x.device());
    auto strides_t = torch::tensor(x.strides(), torch::dtype(torch::kInt64)).to(x.device());
    const int64_t total = out.numel();
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "max_general", ([&] {
        max_general<scalar_t><<<(total + 127) / 128, 128>>>(x.data_ptr<scalar_t>(), out.data_ptr<scalar_t>(), sizes_t.data_ptr<int64_t>(),
            strides_t.data_ptr<int64_t>(), x.dim(), dim, total);
    }));
    return out;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward, "maximum over a dimension, any strides");
}
