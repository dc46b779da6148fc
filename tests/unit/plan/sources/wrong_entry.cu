// A source whose solve is not the one that is asked for.
#include <cuda_runtime.h>

__global__ void work(float* c) { c[0] = 1; }
void solve(const float* A, float* C, int n) { work<<<1, 1>>>(C); }
extern "C" __global__ void kernel_entry(const float* A, float* C, int n) { C[n] = A[n]; }
extern "C" void two(const float* A, float* C) { work<<<1, 1>>>(C); }                           // @two
extern "C" void reversed(int n, const float* A, float* C) { work<<<1, 1>>>(C + n); }           // @reversed
extern "C" void wide(const float* A, float* C, long long n) { work<<<n, 1>>>(C); }
