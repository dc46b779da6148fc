// task: kb1_053_min_reduction_over_a_dimension
#include <torch/extension.h>
#include <cuda_runtime.h>
#include <vector>

template <typename scalar_t>
__global__ void min_kernel(const scalar_t* __restrict__ x, scalar_t* __restrict__ y, const int64_t outer, const int64_t r, const int64_t inner) {
    const int64_t i = blockIdx.x * (int64_t)blockDim.x + threadIdx.x;
    if (i >= outer * inner) return;
    const scalar_t* p = x + i / inner * (r * inner) + i % inner;
    scalar_t best = p[0];
    #pragma unroll 4
    for (int64_t j = 1; j < r; j++) {
        const scalar_t v = p[j * inner];
        if (v < best) best = v;
    }
    y[i] = best;
}

torch::Tensor forward(torch::Tensor input, int64_t dim) {
    int64_t ndim = input.dim();
    TORCH_CHECK(dim >= -ndim && dim < ndim, "dim out of range");
    if (dim < 0) dim += ndim;
    if (!input.is_contiguous()) {
        input = input.contiguous();
    }
    int64_t outer = 1;
    for (int i = 0; i < dim; i++) outer *= input.size(i);
    const int64_t r = input.size(dim);
    int64_t inner = 1;
    for (int i = dim + 1; i < ndim; i++) inner *= input.size(i);
    std::vector<int64_t> output_shape;
    for (int i = 0; i < ndim; i++) {
        if (i != dim) output_shape.push_back(input.size(i));
    }
    auto output = torch::empty(output_shape, input.options());
    const int threads = 256;
    const int blocks = (outer * inner + threads - 1) / threads;
    AT_DISPATCH_ALL_TYPES(input.scalar_type(), "min_kernel", ([&] {
        min_kernel<scalar_t><<<blocks, threads, 0, c10::cuda::getCurrentCUDAStream()>>>(
            input.data_ptr<scalar_t>(), output.data_ptr<scalar_t>(), outer, r, inner);
    }));
    return output;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward, "minimum over a dimension");
}
