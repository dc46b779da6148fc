// task: layer_norm
#include <torch/extension.h>
#include <c10/cuda/CUDAStream.h>
#include <c10/cuda/CUDAGuard.h>
#include <cuda_runtime.h>

template <int THREADS>
__global__ void ln_kernel(const float* __restrict__ x, const float* __restrict__ g, const float* __restrict__ b, float* __restrict__ y, int cols, float eps) {
    __shared__ float sum[THREADS], sq[THREADS];
    const float* p = x + (size_t)blockIdx.x * cols;
    float s = 0.f;
    for (int c = threadIdx.x; c < cols; c += THREADS) s += p[c];
    sum[threadIdx.x] = s;
    __syncthreads();
    for (int w = THREADS / 2; w > 0; w /= 2) {
        if (threadIdx.x < w) sum[threadIdx.x] += sum[threadIdx.x + w];
        __syncthreads();
    }
    const float mean = sum[0] / cols;
    float q = 0.f;
    for (int c = threadIdx.x; c < cols; c += THREADS) q += (p[c] - mean) * (p[c] - mean);
    sq[threadIdx.x] = q;
    __syncthreads();
    for (int w = THREADS / 2; w > 0; w /= 2) {
        if (threadIdx.x < w) sq[threadIdx.x] += sq[threadIdx.x + w];
        __syncthreads();
    }
    const float r = rsqrtf(sq[0] / cols + eps);
    for (int c = threadIdx.x; c < cols; c += THREADS) y[(size_t)blockIdx.x * cols + c] = (p[c] - mean) * r * g[c] + b[c];
}

#define LAUNCH(T) ln_kernel<T><<<rows, T, 0, stream>>>(x.data_ptr<float>(), gamma.data_ptr<float>(), beta.data_ptr<float>(), y.data_ptr<float>(), cols, static_cast<float>(eps))

torch::Tensor forward(torch::Tensor x, torch::Tensor gamma, torch::Tensor beta, double eps = 1e-5) {
    c10::cuda::CUDAGuard device_guard(x.device());
    const int rows = x.size(0), cols = x.size(1);
    auto y = torch::empty_like(x);
    cudaStream_t stream = c10::cuda::getCurrentCUDAStream().stream();
    int threads = 32;
    while (threads < cols && threads < 1024) threads *= 2;
    switch (threads) {
        case 32: LAUNCH(32); break;
        case 64: LAUNCH(64); break;
        case 128: LAUNCH(128); break;
        case 256: LAUNCH(256); break;
        case 512: LAUNCH(512); break;
        default: LAUNCH(1024);
    }
    C10_CUDA_CHECK(cudaPeekAtLastError());
    return y;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward, "layer norm", py::arg("x"), py::arg("gamma"), py::arg("beta"), py::arg("eps") = 1e-5);
}
