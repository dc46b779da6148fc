// task: kb1_028_hardsigmoid
#include <torch/extension.h>
#include <cuda_runtime.h>

template <typename scalar_t>
__device__ __forceinline__ scalar_t hard_sigmoid(scalar_t x) {
    scalar_t v = (x + static_cast<scalar_t>(3)) / static_cast<scalar_t>(6);
    return v < 0 ? 0 : (v > 1 ? 1 : v);
}

template <typename scalar_t, int VEC>
__global__ void hard_sigmoid_vec(const scalar_t* __restrict__ in, scalar_t* __restrict__ out, size_t n) {
    using Vec = typename std::conditional<std::is_same<scalar_t, float>::value, float4, double2>::type;
    const size_t i = blockIdx.x * blockDim.x + threadIdx.x;
    const size_t vectors = n / VEC;
    for (size_t v = i; v < vectors; v += (size_t)gridDim.x * blockDim.x) {
        Vec value = reinterpret_cast<const Vec*>(in)[v];
        scalar_t* e = reinterpret_cast<scalar_t*>(&value);
#pragma unroll
        for (int k = 0; k < VEC; ++k) e[k] = hard_sigmoid<scalar_t>(e[k]);
        reinterpret_cast<Vec*>(out)[v] = value;
    }
    for (size_t k = vectors * VEC + i; k < n; k += (size_t)gridDim.x * blockDim.x) out[k] = hard_sigmoid<scalar_t>(in[k]);
}

torch::Tensor forward(torch::Tensor input) {
    auto output = torch::empty_like(input);
    const size_t n = input.numel();
    const int threads = 256;
    int blocks = std::min<size_t>((n / 4 + threads - 1) / threads + 1, 65535);
    AT_DISPATCH_FLOATING_TYPES(input.scalar_type(), "hard_sigmoid", ([&] {
        constexpr int VEC = std::is_same<scalar_t, float>::value ? 4 : 2;
        hard_sigmoid_vec<scalar_t, VEC><<<blocks, threads>>>(input.data_ptr<scalar_t>(), output.data_ptr<scalar_t>(), n);
    }));
    cudaError_t err = cudaGetLastError();
    TORCH_CHECK(err == cudaSuccess, "CUDA kernel failed: ", cudaGetErrorString(err));
    return output;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward, "hard sigmoid, vectorized");
}
