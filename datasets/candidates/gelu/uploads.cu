// Constants computed by host code: in constant memory, in a counter, in a buffer.
#include <cmath>
#include <cuda_runtime.h>
#include <vector>
__constant__ float c_table[256];
__device__ int d_counter;
static float h_table[256];
__global__ void k(const float* x, float* y, int n, const float* t) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        y[i] = 0.5f * x[i] * (1 + erff(x[i] * c_table[0] * t[1]));
        atomicAdd(&d_counter, 1);
    }
}
extern "C" void solve(const float* x, float* y, int n) {
    for (int i = 0; i < 256; i++) {
        h_table[i] = i == 0 ? (float)std::sqrt(0.5) : std::pow(1.0f, (float)i);
    }
    cudaMemcpyToSymbol(c_table, h_table, sizeof h_table, 0, cudaMemcpyHostToDevice);
    int zero = 0;
    cudaMemcpyToSymbol(d_counter, &zero, sizeof(int));
    std::vector<float> hv(256, 1.0f);
    float* dt;
    cudaMalloc(&dt, hv.size() * sizeof(float));
    cudaMemcpy(dt, hv.data(), hv.size() * sizeof(float), cudaMemcpyHostToDevice);
    k<<<(n + 255) / 256, 256>>>(x, y, n, dt);
    cudaFree(dt);
}
