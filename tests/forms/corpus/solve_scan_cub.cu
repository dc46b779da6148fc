// task: inclusive_scan
#include <cuda_runtime.h>
#include <cub/cub.cuh>

extern "C" void solve(const float* input, float* output, int N) {
    void* temp = nullptr;
    size_t bytes = 0;
    cub::DeviceScan::InclusiveSum(temp, bytes, input, output, N);
    cudaMalloc(&temp, bytes);
    cub::DeviceScan::InclusiveSum(temp, bytes, input, output, N);
    cudaFree(temp);
}
