// cub::DeviceSegmentedReduce over a transposed copy, with iterators for the offsets.
#include <cub/cub.cuh>
#include <cuda_runtime.h>

struct Times {
    int by;
    __host__ __device__ int operator()(int i) const { return i * by; }
};

__global__ void turn(const float* x, float* t, int rows, int cols) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < rows * cols) t[(size_t)blockIdx.y * rows * cols + i % cols * rows + i / cols] = x[(size_t)blockIdx.y * rows * cols + i];
}

extern "C" void solve(const float* x, float* y, int batch, int rows, int cols) {
    float* t;
    cudaMalloc(&t, (size_t)batch * rows * cols * sizeof(float));
    turn<<<dim3((rows * cols + 255) / 256, batch), 256>>>(x, t, rows, cols);
    cub::CountingInputIterator<int> count(0);
    cub::TransformInputIterator<int, Times, cub::CountingInputIterator<int>> offsets(count, Times{rows});
    void* temporary = nullptr;
    size_t bytes = 0;
    cub::DeviceSegmentedReduce::Sum(temporary, bytes, t, y, batch * cols, offsets, offsets + 1);
    cudaMalloc(&temporary, bytes);
    cub::DeviceSegmentedReduce::Sum(temporary, bytes, t, y, batch * cols, offsets, offsets + 1);
    cudaFree(temporary);
    cudaFree(t);
}
