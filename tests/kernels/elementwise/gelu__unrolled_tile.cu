// A tile of eight elements a thread in registers: loaded, computed and stored in three unrolled loops.
#include <cuda_runtime.h>

template <int Items>
__global__ void gelu(const float* x, float* y, int n) {
    float value[Items];
    const int base = blockIdx.x * blockDim.x * Items + threadIdx.x;
#pragma unroll
    for (int k = 0; k < Items; ++k) {
        const int i = base + k * blockDim.x;
        value[k] = i < n ? x[i] : 0.0f;
    }
#pragma unroll
    for (int k = 0; k < Items; ++k) value[k] = 0.5f * value[k] * (1.0f + erff(value[k] * 0.70710678118654752f));
#pragma unroll
    for (int k = 0; k < Items; ++k) {
        const int i = base + k * blockDim.x;
        if (i < n) y[i] = value[k];
    }
}

extern "C" void solve(const float* x, float* y, int n) { gelu<8><<<(n + 96 * 8 - 1) / (96 * 8), 96>>>(x, y, n); }
