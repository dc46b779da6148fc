#include <cuda_runtime.h>

// One thread per output element, looping over the reduced dimension.
__global__ void sum_dim_kernel(const float* x, float* y, int outer, int reduce, int inner) {
    int idx = blockIdx.x * blockDim.x + threadIdx.x;
    if (idx >= outer * inner) {
        return;
    }
    int o = idx / inner;
    int i = idx % inner;
    float sum = 0.0f;
    for (int r = 0; r < reduce; r++) {
        sum += x[((size_t)o * reduce + r) * inner + i];
    }
    y[idx] = sum;
}

extern "C" void solve(const float* x, float* y, int outer, int reduce, int inner) {
    int total = outer * inner;
    int threads = 256;
    int blocks = (total + threads - 1) / threads;
    sum_dim_kernel<<<blocks, threads>>>(x, y, outer, reduce, inner);
    cudaDeviceSynchronize();
}
