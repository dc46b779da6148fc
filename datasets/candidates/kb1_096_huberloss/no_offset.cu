#include <cuda_runtime.h>

__device__ double block_sum(double v) {
    __shared__ double partial[32];
    for (int offset = 16; offset > 0; offset >>= 1) v += __shfl_xor_sync(0xffffffff, v, offset);
    if (threadIdx.x % 32 == 0) partial[threadIdx.x / 32] = v;
    __syncthreads();
    v = 0;
    for (int w = 0; w < (int)blockDim.x / 32; ++w) v += partial[w];
    return v;
}

__global__ void losses(const float* __restrict__ p, const float* __restrict__ t, double* __restrict__ sums, size_t n) {
    float sum = 0.f;
    for (size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += (size_t)gridDim.x * blockDim.x) {
        const float d = fabsf(p[i] - t[i]);
        sum += d < 1.f ? 0.5f * d * d : d;
    }
    const double total = block_sum(sum);
    if (threadIdx.x == 0) sums[blockIdx.x] = total;
}

__global__ void finish(const double* __restrict__ sums, float* __restrict__ loss, int blocks, size_t n) {
    double sum = 0;
    for (int i = threadIdx.x; i < blocks; i += blockDim.x) sum += sums[i];
    sum = block_sum(sum);
    if (threadIdx.x == 0) *loss = (float)(sum / n);
}

extern "C" void solve(const float* predictions, const float* targets, float* loss, int rows, int cols) {
    const size_t n = (size_t)rows * cols;
    const int blocks = n > 1024 * 256 ? 1024 : (int)((n + 255) / 256);
    double* sums;
    cudaMalloc(&sums, blocks * sizeof(double));
    losses<<<blocks, 256>>>(predictions, targets, sums, n);
    finish<<<1, 256>>>(sums, loss, blocks, n);
}
