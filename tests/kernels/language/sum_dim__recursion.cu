// Pairwise summation as it is written in books: a recursive device function.
#include <cuda_runtime.h>

__device__ __noinline__ float pairwise(const float* x, int n, int stride) {
    if (n <= 4) {
        float s = 0;
        for (int i = 0; i < n; ++i) s += x[(size_t)i * stride];
        return s;
    }
    const int half = n / 2;
    return pairwise(x, half, stride) + pairwise(x + (size_t)half * stride, n - half, stride);
}

__global__ void sum(const float* x, float* y, int reduce, int inner, int outputs) {
    const int out = blockIdx.x * blockDim.x + threadIdx.x;
    if (out < outputs) y[out] = pairwise(x + (size_t)(out / inner) * reduce * inner + out % inner, reduce, inner);
}

extern "C" void solve(const float* x, float* y, int outer, int reduce, int inner) {
    sum<<<(outer * inner + 31) / 32, 32>>>(x, y, reduce, inner, outer * inner);
}
