// task: kb1_094_mseloss
#include <cuda_runtime.h>

__global__ void accumulate(const float* p, const float* t, float* out, int n) {
    __shared__ float s[256];
    float v = 0.f;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += blockDim.x * gridDim.x) { float d = p[i] - t[i]; v += d * d; }
    s[threadIdx.x] = v;
    __syncthreads();
    for (int w = 128; w; w >>= 1) { if (threadIdx.x < w) s[threadIdx.x] += s[threadIdx.x + w]; __syncthreads(); }
    if (threadIdx.x == 0) atomicAdd(out, s[0] / n);
}

extern "C" void solve(const float* predictions, const float* targets, float* mse, int rows, int cols) {
    int n = rows * cols, threads = 256, blocks = (n + threads - 1) / threads;
    if (blocks > 128) blocks = 128;
    cudaMemsetAsync(mse, 0, sizeof(float));
    accumulate<<<blocks, threads>>>(predictions, targets, mse, n);
}
