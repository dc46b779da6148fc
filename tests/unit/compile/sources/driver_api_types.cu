#include <cuda.h>
#include <cuda_runtime.h>

__global__ void fill(int* x, int value, int n) {
    if (threadIdx.x + blockIdx.x * blockDim.x < n) x[threadIdx.x + blockIdx.x * blockDim.x] = value;
}
static bool ok(CUresult result) { return result == CUDA_SUCCESS; }
extern "C" void solve(int* x, int value, int n) {
    if (ok(CUDA_SUCCESS)) fill<<<(n + 255) / 256, 256>>>(x, value, n);
}
