#include <cuda_runtime.h>
#include <math.h>
#include <float.h>

// One thread per row: find the maximum, sum the exponentials, normalize.
__global__ void softmax_kernel(const float* x, float* y, int rows, int cols) {
    int row = blockIdx.x * blockDim.x + threadIdx.x;
    if (row >= rows) return;

    const float* in = x + (size_t)row * cols;
    float* out = y + (size_t)row * cols;

    float max_val = -FLT_MAX;
    for (int j = 0; j < cols; j++) {
        max_val = fmaxf(max_val, in[j]);
    }

    float sum = 0.0f;
    for (int j = 0; j < cols; j++) {
        float e = expf(in[j] - max_val);
        out[j] = e;
        sum += e;
    }

    for (int j = 0; j < cols; j++) {
        out[j] /= sum;
    }
}

extern "C" void solve(const float* x, float* y, int rows, int cols) {
    int threads = 64;
    int blocks = (rows + threads - 1) / threads;
    softmax_kernel<<<blocks, threads>>>(x, y, rows, cols);
    cudaDeviceSynchronize();
}
