// task: kb1_088_mingptnewgelu
#include <torch/extension.h>
#include <cuda.h>
#include <cuda_runtime.h>
#include <math.h>

__global__ void new_gelu(const float* __restrict__ x, float* __restrict__ y, int n) {
    extern __shared__ float tile[];
    const int start = blockIdx.x * blockDim.x * 4;
    const float k = sqrtf(2.0f / M_PI);
    for (int j = 0; j < 4; ++j) {
        int i = start + threadIdx.x + j * blockDim.x;
        if (i < n) tile[threadIdx.x + j * blockDim.x] = __ldg(x + i);
    }
    __syncthreads();
    for (int j = 0; j < 4; ++j) {
        int i = start + threadIdx.x + j * blockDim.x;
        if (i < n) {
            float v = tile[threadIdx.x + j * blockDim.x];
            y[i] = 0.5f * v * (1.0f + tanhf(k * (v + 0.044715f * v * v * v)));
        }
    }
}

torch::Tensor gelu_forward(torch::Tensor x) {
    TORCH_CHECK(x.is_cuda(), "x must be a CUDA tensor");
    TORCH_CHECK(x.is_contiguous(), "x must be contiguous");
    auto y = torch::empty_like(x);
    const int n = x.numel();
    const int threads = 256, per_block = threads * 4;
    new_gelu<<<(n + per_block - 1) / per_block, threads, per_block * sizeof(float)>>>(x.data_ptr<float>(), y.data_ptr<float>(), n);
    return y;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &gelu_forward, "GELU forward CUDA implementation");
}
