// Pointers to device functions in a constant table, picked by the element's index.
#include <cuda_runtime.h>

using Binary = float (*)(float, float);

__device__ float plain(float a, float b) { return a + b; }
__device__ float flipped(float a, float b) { return b + a; }
__device__ float through_fma(float a, float b) { return fmaf(a, 1.0f, b); }
__device__ float by_difference(float a, float b) { return a - (-b); }

__constant__ const Binary table[4] = {plain, flipped, through_fma, by_difference};

__global__ void add(const float* a, const float* b, float* c, int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) c[i] = table[i / 7 & 3](a[i], b[i]);
}

extern "C" void solve(const float* a, const float* b, float* c, int n) { add<<<(n + 63) / 64, 64>>>(a, b, c, n); }
