#include <cuda_runtime.h>

__global__ void row_terms(const float* predictions, const float* targets, float* of_rows, int cols) {
    __shared__ float sums[256];
    float sum = 0;
    for (int c = threadIdx.x; c < cols; c += 256) {
        const size_t i = (size_t)blockIdx.x * cols + c;
        sum += targets[i] * (log2f(targets[i]) - log2f(predictions[i]));
    }
    sums[threadIdx.x] = sum;
    __syncthreads();
    for (int half = 128; half > 0; half /= 2) {
        if (threadIdx.x < half) sums[threadIdx.x] += sums[threadIdx.x + half];
        __syncthreads();
    }
    if (threadIdx.x == 0) of_rows[blockIdx.x] = sums[0];
}

__global__ void mean(const float* of_rows, float* loss, int rows) {
    if (threadIdx.x == 0) {
        float sum = 0;
        for (int r = 0; r < rows; ++r) sum += of_rows[r];
        *loss = sum / rows * 0.693147181f; // ln 2
    }
}

extern "C" void solve(const float* predictions, const float* targets, float* loss, int rows, int cols) {
    float* of_rows;
    cudaMalloc(&of_rows, rows * sizeof(float));
    row_terms<<<rows, 256>>>(predictions, targets, of_rows, cols);
    mean<<<1, 32>>>(of_rows, loss, rows);
}
