#include <cuda_runtime.h>

#define THREADS 256

// One block per row. Each thread accumulates a strided part of the denominator in shared memory.
__global__ void softmax_kernel(const float* __restrict__ x, float* __restrict__ y, int cols) {
    __shared__ float partial[THREADS];
    const float* in = x + (long long)blockIdx.x * cols;
    float* out = y + (long long)blockIdx.x * cols;

    float sum = 0.0f;
    for (int i = threadIdx.x; i < cols; i += THREADS) {
        sum += expf(in[i]);
    }
    partial[threadIdx.x] = sum;
    __syncthreads();

    for (int s = THREADS / 2; s > 0; s >>= 1) {
        if (threadIdx.x < s) {
            partial[threadIdx.x] += partial[threadIdx.x + s];
        }
        __syncthreads();
    }

    for (int i = threadIdx.x; i < cols; i += THREADS) {
        out[i] = expf(in[i]) / partial[0];
    }
}

extern "C" void solve(const float* x, float* y, int rows, int cols) {
    softmax_kernel<<<rows, THREADS>>>(x, y, cols);
    cudaDeviceSynchronize();
}
