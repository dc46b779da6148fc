// task: kb1_027_selu
#include <torch/extension.h>
#include <cuda.h>
#include <cuda_runtime.h>
#include <math.h>

template <typename scalar_t> __device__ inline scalar_t my_exp(scalar_t x);
template <> __device__ inline float my_exp<float>(float x) { return expf(x); }
template <> __device__ inline double my_exp<double>(double x) { return exp(x); }

template <typename scalar_t>
__global__ void selu_kernel(const scalar_t* __restrict__ in, scalar_t* __restrict__ out, size_t numel) {
    const size_t idx = blockIdx.x * blockDim.x + threadIdx.x;
    if (idx < numel) {
        const scalar_t x = in[idx];
        const scalar_t alpha = static_cast<scalar_t>(1.67326324235437728481);
        const scalar_t lambda = static_cast<scalar_t>(1.05070098735548049342);
        out[idx] = lambda * (x > 0 ? x : alpha * (my_exp(x) - 1));
    }
}

torch::Tensor selu_forward(torch::Tensor input) {
    TORCH_CHECK(input.is_cuda(), "Input tensor must be a CUDA tensor");
    auto output = torch::empty_like(input);
    const size_t numel = input.numel();
    const int threads = 1024;
    const int blocks = (numel + threads - 1) / threads;
    AT_DISPATCH_FLOATING_TYPES(input.scalar_type(), "selu_forward_cuda", ([&] {
        const scalar_t* in = input.data_ptr<scalar_t>();
        scalar_t* out = output.data_ptr<scalar_t>();
        selu_kernel<scalar_t><<<blocks, threads>>>(in, out, numel);
    }));
    return output;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &selu_forward, "SELU forward (CUDA)");
}
