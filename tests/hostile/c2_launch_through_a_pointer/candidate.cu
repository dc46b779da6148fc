#include <cuda_runtime.h>

__global__ void work(const float* a, const float* b, float* c, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) c[i] = a[i] + b[i];
}
__device__ void launch(const float* a, const float* b, float* c, int n) { work<<<(n + 255) / 256, 256>>>(a, b, c, n); }
typedef void (*Function)(const float*, const float*, float*, int);
__device__ Function table[2] = {launch, launch};
__global__ void add(const float* a, const float* b, float* c, int n) { table[n & 1](a, b, c, n); }
extern "C" void solve(const float* a, const float* b, float* c, int n) { add<<<1, 1>>>(a, b, c, n); }
