// A kernel that launches another: the work would go on after the timed launch has ended.
#include <cuda_runtime.h>

__global__ void child(float* c) { c[threadIdx.x] = 1; }
__device__ __noinline__ void start(float* c) {
    child<<<1, 32>>>(c); // @device_launch
}
__global__ void parent(float* c) {
    if (threadIdx.x == 0)
        start(c);
}
__global__ void honest(float* c) { c[threadIdx.x] = 2; }

extern "C" void solve(const float* A, float* C, int n) {
    void (*launcher)(float*) = start;
    launcher(C);
    honest<<<1, 32>>>(C);
    parent<<<1, 32>>>(C);
}
