// task: kb1_095_crossentropyloss
#include <torch/extension.h>
#include <cuda_runtime.h>
#include <iostream>
#include <chrono>

#define CUDA_CHECK(call)                                                                              \
    do {                                                                                              \
        cudaError_t status_ = (call);                                                                 \
        if (status_ != cudaSuccess) {                                                                 \
            std::cerr << "CUDA error " << cudaGetErrorString(status_) << " at " << __FILE__ << ":" << __LINE__ << std::endl; \
            throw std::runtime_error(cudaGetErrorString(status_));                                    \
        }                                                                                             \
    } while (0)

__global__ void ce_kernel(const float* __restrict__ logits, const int64_t* __restrict__ targets, float* __restrict__ losses, int batch, int classes) {
    const int warp = (blockIdx.x * blockDim.x + threadIdx.x) >> 5;
    const int lane = threadIdx.x & 31;
    if (warp >= batch) return;
    const float* row = logits + (size_t)warp * classes;
    float mx = -INFINITY;
    for (int c = lane; c < classes; c += 32) mx = max(mx, row[c]);
    for (int o = 16; o; o >>= 1) mx = max(mx, __shfl_xor_sync(~0u, mx, o));
    float sum = 0.f;
    for (int c = lane; c < classes; c += 32) sum += __expf(row[c] - mx);
    for (int o = 16; o; o >>= 1) sum += __shfl_xor_sync(~0u, sum, o);
    if (lane == 0) losses[warp] = logf(sum) + mx - row[targets[warp]];
}

torch::Tensor forward(torch::Tensor predictions, torch::Tensor targets) {
    TORCH_CHECK(predictions.dtype() == torch::kFloat32, "predictions must be float32");
    TORCH_CHECK(targets.dtype() == torch::kInt64, "targets must be int64");
    int batch = predictions.size(0), classes = predictions.size(1);
    auto losses = torch::empty({batch}, predictions.options());
    cudaStream_t stream;
    CUDA_CHECK(cudaStreamCreate(&stream));
    ce_kernel<<<(batch * 32 + 255) / 256, 256, 0, stream>>>(predictions.data_ptr<float>(), targets.data_ptr<int64_t>(), losses.data_ptr<float>(), batch, classes);
    CUDA_CHECK(cudaGetLastError());
    CUDA_CHECK(cudaStreamSynchronize(stream));
    CUDA_CHECK(cudaStreamDestroy(stream));
    return losses.mean();
}
PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def("forward", &forward, "Cross Entropy Loss forward (CUDA)"); }
