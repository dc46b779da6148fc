#include <cuda_runtime.h>
#include <math.h>

#define RADIUS 4
#define FILTER_SIZE (2 * RADIUS + 1)

__constant__ float d_filter[FILTER_SIZE];
__constant__ int d_params[4];
__device__ float d_scale = 1.0f;
static __device__ unsigned int d_counter;

__global__ void convolve(const float* in, float* out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    float sum = 0;
#pragma unroll
    for (int k = -RADIUS; k <= RADIUS; ++k) {
        int j = min(max(i + k, 0), n - 1);
        sum += in[j] * d_filter[k + RADIUS];
    }
    out[i] = sum * d_scale + d_params[0];
    atomicInc(&d_counter, 0xffffffff);
}

extern "C" void solve(const float* in, float* out, int n) {
    float h_filter[FILTER_SIZE];
    float total = 0.0f;
    for (int i = 0; i < FILTER_SIZE; i++) {
        h_filter[i] = expf(-(i - RADIUS) * (i - RADIUS) / 2.0f);
        total += h_filter[i];
    }
    for (int i = 0; i < FILTER_SIZE; i++) h_filter[i] /= total;
    cudaMemcpyToSymbol(d_filter, h_filter, FILTER_SIZE * sizeof(float));
    int params[4] = {0, 1, 2, 3};
    cudaMemcpyToSymbol(d_params, params, sizeof(params), 0, cudaMemcpyHostToDevice);
    float scale = 2.0f;
    cudaMemcpyToSymbolAsync(d_scale, &scale, sizeof(float), 0, cudaMemcpyHostToDevice, 0);
    unsigned int zero = 0;
    cudaMemcpyToSymbol(d_counter, &zero, sizeof(zero));
    void* address = nullptr;
    size_t bytes = 0;
    cudaGetSymbolAddress(&address, d_counter);
    cudaGetSymbolSize(&bytes, d_filter);
    cudaMemsetAsync(address, 0, sizeof(unsigned int));
    convolve<<<(n + 127) / 128, 128>>>(in, out, n);
}
