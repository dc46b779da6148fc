// PyTorch's reduction "mean" is over all elements; "batchmean" is over rows.
#include <cuda_runtime.h>

__global__ void row_terms(const float* __restrict__ predictions, const float* __restrict__ targets,
                          float* __restrict__ of_rows, int cols) {
    __shared__ float sums[8];
    float sum = 0.0f;
    for (int c = threadIdx.x; c < cols; c += blockDim.x) {
        const size_t i = (size_t)blockIdx.x * cols + c;
        sum += targets[i] * (logf(targets[i]) - logf(predictions[i]));
    }
    for (int lanes = 16; lanes > 0; lanes /= 2) sum += __shfl_down_sync(0xffffffffu, sum, lanes);
    if (threadIdx.x % 32 == 0) sums[threadIdx.x / 32] = sum;
    __syncthreads();
    if (threadIdx.x == 0) {
        for (int w = 1; w < blockDim.x / 32; ++w) sum += sums[w];
        of_rows[blockIdx.x] = sum;
    }
}

__global__ void mean(const float* of_rows, float* loss, int rows, float count) {
    __shared__ float sums[256];
    float sum = 0.0f;
    for (int r = threadIdx.x; r < rows; r += 256) sum += of_rows[r];
    sums[threadIdx.x] = sum;
    __syncthreads();
    for (int half = 128; half > 0; half /= 2) {
        if (threadIdx.x < half) sums[threadIdx.x] += sums[threadIdx.x + half];
        __syncthreads();
    }
    if (threadIdx.x == 0) *loss = sums[0] / count;
}

extern "C" void solve(const float* predictions, const float* targets, float* loss, int rows, int cols) {
    float* of_rows;
    cudaMalloc(&of_rows, rows * sizeof(float));
    row_terms<<<rows, 256>>>(predictions, targets, of_rows, cols);
    mean<<<1, 256>>>(of_rows, loss, rows, (float)rows * cols);
    cudaFree(of_rows);
}
