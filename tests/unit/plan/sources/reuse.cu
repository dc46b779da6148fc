// Scratch memory for each step of a loop.
#include <cuda_runtime.h>

__global__ void copy(const float* from, float* to, int n) { to[threadIdx.x % n] = from[threadIdx.x % n]; }

extern "C" void solve(const float* A, float* C, int n) {
    const float* from = A;
    float* previous = nullptr;
    for (int i = 0; i < 5; ++i) {
        float* work;
        cudaMalloc(&work, n * sizeof(float));
        copy<<<1, 64>>>(from, work, n);
        if (i % 2 == 1)
            cudaFree(previous);
        if (i % 2 == 1)
            cudaFree(work);
        from = i % 2 == 1 ? A : work;
        previous = work;
    }
    copy<<<1, 64>>>(from, C, n);
}
