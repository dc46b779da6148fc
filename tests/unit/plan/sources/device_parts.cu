// A kernel that uses all of the device's own library, and functions by call and by pointer.
#include <cassert>
#include <cstdio>
#include <cuda_runtime.h>

__device__ __noinline__ float helper(float x) { return x * x + 1; }
__device__ __noinline__ float twisted(float x) { return x - 2; }
__device__ __noinline__ float unused(float x) { return x - 3; }
typedef float (*Function)(float);
__device__ Function table[1] = {twisted};

__global__ void kernel(const float* a, float* c, int n) {
    float* heap = (float*)malloc(n * sizeof(float));
    assert(heap != nullptr);
    heap[threadIdx.x % n] = a[threadIdx.x];
    printf("%f\n", heap[0]);
    c[threadIdx.x] = helper(heap[threadIdx.x % n]) + table[n % 1](a[0]);
    free(heap);
}
__global__ void not_launched(float* c) { c[0] = unused(c[1]); }

extern "C" void solve(const float* A, float* C, int n) { kernel<<<1, 32>>>(A, C, n); }
