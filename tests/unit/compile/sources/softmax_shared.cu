#include <cuda_runtime.h>
#include <cfloat>
#include <cmath>

__global__ void softmax_kernel(const float* __restrict__ input, float* __restrict__ output, int rows, int cols) {
    extern __shared__ float sdata[];
    int row = blockIdx.x;
    int tid = threadIdx.x;
    const float* x = input + (size_t)row * cols;
    float* y = output + (size_t)row * cols;

    float max_val = -FLT_MAX;
    for (int i = tid; i < cols; i += blockDim.x) max_val = fmaxf(max_val, x[i]);
    sdata[tid] = max_val;
    __syncthreads();
    for (int s = blockDim.x / 2; s > 0; s >>= 1) {
        if (tid < s) sdata[tid] = fmaxf(sdata[tid], sdata[tid + s]);
        __syncthreads();
    }
    max_val = sdata[0];
    __syncthreads();

    float sum = 0.0f;
    for (int i = tid; i < cols; i += blockDim.x) sum += expf(x[i] - max_val);
    sdata[tid] = sum;
    __syncthreads();
    for (int s = blockDim.x / 2; s > 0; s >>= 1) {
        if (tid < s) sdata[tid] += sdata[tid + s];
        __syncthreads();
    }
    sum = sdata[0];
    for (int i = tid; i < cols; i += blockDim.x) y[i] = expf(x[i] - max_val) / sum;
}

extern "C" void solve(const float* input, float* output, int rows, int cols) {
    const int threads = 256;
    dim3 grid(rows);
    dim3 block(threads);
    softmax_kernel<<<grid, block, threads * sizeof(float)>>>(input, output, rows, cols);
    cudaDeviceSynchronize();
}
