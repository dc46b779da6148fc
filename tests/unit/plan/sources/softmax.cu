// Three kernels, a template among them, scratch memory that is freed, a checking macro.
#include <cuda_runtime.h>
#include <stdio.h>
#include <stdlib.h>

#define CUDA_CHECK(call)                                                                                               \
    do {                                                                                                               \
        cudaError_t err = (call);                                                                                      \
        if (err != cudaSuccess) {                                                                                      \
            fprintf(stderr, "CUDA error at %s:%d: %s\n", __FILE__, __LINE__, cudaGetErrorString(err));                 \
            exit(EXIT_FAILURE);                                                                                        \
        }                                                                                                              \
    } while (0)

constexpr int BLOCK_SIZE = 256;

template <typename T, int BLOCK> __global__ void row_max(const T* __restrict__ x, T* __restrict__ m, int cols) {
    __shared__ T s[BLOCK];
    const T* row = x + (size_t)blockIdx.x * cols;
    T best = row[0];
    for (int i = threadIdx.x; i < cols; i += BLOCK)
        best = row[i] > best ? row[i] : best;
    s[threadIdx.x] = best;
    __syncthreads();
    for (int k = BLOCK / 2; k > 0; k /= 2) {
        if (threadIdx.x < k && s[threadIdx.x + k] > s[threadIdx.x])
            s[threadIdx.x] = s[threadIdx.x + k];
        __syncthreads();
    }
    if (threadIdx.x == 0)
        m[blockIdx.x] = s[0];
}

__global__ void exponentials(const float* x, const float* m, float* e, float* sum, int rows, int cols) {
    int row = blockIdx.y * blockDim.y + threadIdx.y;
    int col = blockIdx.x * blockDim.x + threadIdx.x;
    if (row < rows && col < cols) {
        float v = expf(x[row * cols + col] - m[row]);
        e[row * cols + col] = v;
        atomicAdd(&sum[row], v);
    }
}

__global__ void divide(float* y, const float* sum, int rows, int cols) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < rows * cols)
        y[i] = y[i] / sum[i / cols]; // @divide
}

static inline int ceil_div(int a, int b) { return (a + b - 1) / b; }

extern "C" void solve(const float* x, float* y, int rows, int cols) {
    float *d_max, *d_sum;
    CUDA_CHECK(cudaMalloc(&d_max, rows * sizeof(float)));
    CUDA_CHECK(cudaMalloc((void**)&d_sum, rows * sizeof(float)));
    CUDA_CHECK(cudaMemset(d_sum, 0, rows * sizeof(float)));

    row_max<float, BLOCK_SIZE><<<rows, BLOCK_SIZE>>>(x, d_max, cols);
    dim3 block(32, 8);
    dim3 grid(ceil_div(cols, block.x), ceil_div(rows, block.y));
    exponentials<<<grid, block>>>(x, d_max, y, d_sum, rows, cols);
    divide<<<ceil_div(rows * cols, BLOCK_SIZE), BLOCK_SIZE>>>(y, d_sum, rows, cols);
    CUDA_CHECK(cudaGetLastError());
    CUDA_CHECK(cudaDeviceSynchronize());

    cudaFree(d_max);
    cudaFree(d_sum);
}
