// task: kb1_005_matrix_scalar_multiplication
#include <torch/extension.h>
#include <cuda_runtime.h>

__global__ void scale_part(const float* a, float* c, float s, int64_t n) {
    int64_t i = blockIdx.x * (int64_t)blockDim.x + threadIdx.x;
    if (i < n) c[i] = a[i] * s;
}

torch::Tensor forward(torch::Tensor A, float s) {
    TORCH_CHECK(A.is_cuda(), "A must be a CUDA tensor");
    auto C = torch::empty_like(A);
    const int64_t n = A.numel();
    constexpr int kStreams = 4;
    cudaStream_t streams[kStreams];
    for (int i = 0; i < kStreams; ++i) cudaStreamCreate(&streams[i]);
    const int64_t chunk = (n + kStreams - 1) / kStreams;
    for (int i = 0; i < kStreams; ++i) {
        const int64_t offset = i * chunk;
        const int64_t count = std::min(chunk, n - offset);
        if (count > 0) {
            scale_part<<<(count + 255) / 256, 256, 0, streams[i]>>>(A.data_ptr<float>() + offset, C.data_ptr<float>() + offset, s, count);
        }
    }
    for (int i = 0; i < kStreams; ++i) {
        cudaStreamSynchronize(streams[i]);
        cudaStreamDestroy(streams[i]);
    }
    return C;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def("forward", &forward, "scale, in chunks on streams"); }
