#include <cuda_runtime.h>

// Unrolled by four for instruction-level parallelism.
__global__ void sum_dim_kernel(const float* __restrict__ x, float* __restrict__ y, int outer, int reduce, int inner) {
    int idx = blockIdx.x * blockDim.x + threadIdx.x;
    if (idx >= outer * inner) return;

    int o = idx / inner;
    int i = idx % inner;
    const float* p = x + (size_t)o * reduce * inner + i;

    float s0 = 0.0f, s1 = 0.0f, s2 = 0.0f, s3 = 0.0f;
    for (int r = 0; r < reduce / 4; r++) {
        s0 += p[(size_t)(4 * r + 0) * inner];
        s1 += p[(size_t)(4 * r + 1) * inner];
        s2 += p[(size_t)(4 * r + 2) * inner];
        s3 += p[(size_t)(4 * r + 3) * inner];
    }
    y[idx] = (s0 + s1) + (s2 + s3);
}

extern "C" void solve(const float* x, float* y, int outer, int reduce, int inner) {
    int total = outer * inner;
    sum_dim_kernel<<<(total + 255) / 256, 256>>>(x, y, outer, reduce, inner);
}
