// task: kb1_052_argmin_over_a_dimension
#include <torch/extension.h>
#include <cuda_runtime.h>

__global__ void argmin_kernel(const float* __restrict__ x, int64_t* __restrict__ out, const int64_t left, const int64_t right, const int64_t n) {
    int64_t i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= left * right) return;
    const int64_t base = i / right * n * right + i % right;
    float best = x[base];
    int64_t at = 0;
    for (int64_t j = 1; j < n; j++) {
        float v = x[base + j * right];
        if (v < best) { best = v; at = j; }
    }
    out[i] = at;
}

torch::Tensor forward(torch::Tensor x, int64_t dim) {
    TORCH_CHECK(x.scalar_type() == torch::kFloat32, "float32 only");
    int64_t n = x.size(dim), left = 1, right = 1;
    std::vector<int64_t> shape;
    shape.reserve(x.dim() - 1);
    for (int64_t i = 0; i < x.dim(); i++) {
        if (i < dim) left *= x.size(i);
        if (i > dim) right *= x.size(i);
        if (i != dim) shape.push_back(x.size(i));
    }
    auto out = torch::empty(shape, x.options().dtype(torch::kInt64));
    const int64_t threads = 256;
    argmin_kernel<<<(left * right + threads - 1) / threads, threads>>>(x.data_ptr<float>(), out.data_ptr<int64_t>(), left, right, n);
    return out;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def("forward", &forward, "argmin"); }
