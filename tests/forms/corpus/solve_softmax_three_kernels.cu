// task: softmax
#include <cuda_runtime.h>
#include <float.h>

__device__ static float atomicMaxFloat(float* address, float value) {
    int* as_int = (int*)address;
    int old = *as_int, assumed;
    do {
        assumed = old;
        old = atomicCAS(as_int, assumed, __float_as_int(fmaxf(value, __int_as_float(assumed))));
    } while (assumed != old);
    return __int_as_float(old);
}
__global__ void fill(float* p, float v, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x; if (i < n) p[i] = v; }
__global__ void row_max(const float* x, float* m, int rows, int cols) {
    int c = blockIdx.x * blockDim.x + threadIdx.x, r = blockIdx.y;
    if (c < cols) atomicMaxFloat(&m[r], x[r * cols + c]);
}
__global__ void row_sum(const float* x, const float* m, float* s, int rows, int cols) {
    int c = blockIdx.x * blockDim.x + threadIdx.x, r = blockIdx.y;
    if (c < cols) atomicAdd(&s[r], expf(x[r * cols + c] - m[r]));
}
__global__ void finish(const float* x, const float* m, const float* s, float* y, int rows, int cols) {
    int c = blockIdx.x * blockDim.x + threadIdx.x, r = blockIdx.y;
    if (c < cols) y[r * cols + c] = expf(x[r * cols + c] - m[r]) / s[r];
}

extern "C" void solve(const float* input, float* output, int rows, int cols) {
    float *d_max, *d_sum;
    cudaMalloc(&d_max, rows * sizeof(float));
    cudaMalloc(&d_sum, rows * sizeof(float));
    cudaMemset(d_sum, 0, rows * sizeof(float));
    fill<<<(rows + 255) / 256, 256>>>(d_max, -FLT_MAX, rows);
    dim3 block(256), grid((cols + 255) / 256, rows);
    row_max<<<grid, block>>>(input, d_max, rows, cols);
    row_sum<<<grid, block>>>(input, d_max, d_sum, rows, cols);
    finish<<<grid, block>>>(input, d_max, d_sum, output, rows, cols);
    cudaDeviceSynchronize();
    cudaFree(d_max);
    cudaFree(d_sum);
}
