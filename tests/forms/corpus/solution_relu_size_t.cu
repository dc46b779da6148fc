// task: kb1_019_relu
#include <cuda_runtime.h>

__global__ void relu(const float* input, float* output, size_t n, size_t m) {
    size_t i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n * m) output[i] = fmaxf(0.0f, input[i]);
}

// Note: input, output are device pointers
extern "C" void solution(const float* input, float* output, size_t n, size_t m) {
    size_t total = n * m;
    relu<<<(total + 255) / 256, 256>>>(input, output, n, m);
}
