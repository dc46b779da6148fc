// An operator registered with TORCH_LIBRARY: a schema first, its implementation for CUDA apart.
#include <ATen/cuda/CUDAContext.h>
#include <torch/all.h>
#include <torch/library.h>

namespace {
__global__ void k(const float* a, const float* b, float* c, int64_t n) {
    int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        c[i] = __fadd_rn(a[i], b[i]);
    }
}
} // namespace

at::Tensor mine_add(const at::Tensor& a, const at::Tensor& b) {
    at::Tensor a_c = a.contiguous(), b_c = b.contiguous();
    at::Tensor out = at::empty(a_c.sizes(), a_c.options());
    const float* ap = a_c.const_data_ptr<float>();
    const float* bp = b_c.const_data_ptr<float>();
    float* op = out.mutable_data_ptr<float>();
    int64_t n = a_c.numel();
    k<<<(n + 255) / 256, 256, 0, at::cuda::getCurrentCUDAStream()>>>(ap, bp, op, n);
    AT_CUDA_CHECK(cudaGetLastError());
    return out;
}

TORCH_LIBRARY(my_ops, m) {
    m.def("mine_add(Tensor a, Tensor b) -> Tensor");
}
TORCH_LIBRARY_IMPL(my_ops, CUDA, m) {
    m.impl("mine_add", &mine_add);
}
