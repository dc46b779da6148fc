// task: gelu
#include <cuda_runtime.h>
#include <cmath>
#include <cassert>

static constexpr float kInvSqrt2 = 0.70710678118654752440f;
static_assert(sizeof(float4) == 16, "");

__device__ __forceinline__ float gelu(float x) { return 0.5f * x * (1.0f + erff(x * kInvSqrt2)); }

__global__ __launch_bounds__(256) void gelu_kernel(const float* __restrict__ in, float* __restrict__ out, size_t n) {
    for (size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += (size_t)blockDim.x * gridDim.x) out[i] = gelu(in[i]);
}

extern "C" void solution(const float* input, float* output, size_t n) {
    static int grid = 0;
    if (grid == 0) {
        int block = 0;
        cudaOccupancyMaxPotentialBlockSize(&grid, &block, gelu_kernel, 0, 256);
        assert(block > 0);
    }
    gelu_kernel<<<grid, 256>>>(input, output, n);
}
