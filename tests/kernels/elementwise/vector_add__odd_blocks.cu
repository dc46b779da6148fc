// Three-dimensional blocks of 5 x 7 x 3 threads (105: no multiple of a warp) in a three-dimensional grid.
#include <cuda_runtime.h>

__global__ void add(const float* a, const float* b, float* c, long long n) {
    const int inner = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
    const int block = blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z);
    const long long stride = (long long)blockDim.x * blockDim.y * blockDim.z * gridDim.x * gridDim.y * gridDim.z;
    for (long long i = (long long)block * (blockDim.x * blockDim.y * blockDim.z) + inner; i < n; i += stride) {
        c[i] = a[i] + b[i];
    }
}

extern "C" void solve(const float* a, const float* b, float* c, int n) {
    add<<<dim3(3, 4, 5), dim3(5, 7, 3)>>>(a, b, c, n);
}
