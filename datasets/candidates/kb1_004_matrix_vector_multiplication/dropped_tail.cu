#include <cuda_runtime.h>

__global__ void matvec(const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c, int k) {
    __shared__ float partial[32];
    const float* row = a + (size_t)blockIdx.x * k;
    float sum = 0.f;
    const int step = 4 * blockDim.x;
    for (int i = threadIdx.x; i + 3 * (int)blockDim.x < k; i += step) {
        sum += row[i] * b[i] + row[i + blockDim.x] * b[i + blockDim.x] + row[i + 2 * blockDim.x] * b[i + 2 * blockDim.x] +
               row[i + 3 * blockDim.x] * b[i + 3 * blockDim.x];
    }
    for (int offset = 16; offset > 0; offset >>= 1) sum += __shfl_down_sync(0xffffffff, sum, offset);
    if (threadIdx.x % 32 == 0) partial[threadIdx.x / 32] = sum;
    __syncthreads();
    if (threadIdx.x < 32) {
        sum = threadIdx.x < blockDim.x / 32 ? partial[threadIdx.x] : 0.f;
        for (int offset = 16; offset > 0; offset >>= 1) sum += __shfl_down_sync(0xffffffff, sum, offset);
        if (threadIdx.x == 0) c[blockIdx.x] = sum;
    }
}

extern "C" void solve(const float* a, const float* b, float* c, int m, int k) {
    matvec<<<m, 256>>>(a, b, c, k);
}
