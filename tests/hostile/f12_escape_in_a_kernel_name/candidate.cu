#include <cuda_runtime.h>

__global__ void add\u202eevil\u202c(const float* a, float* c, int n) { c[threadIdx.x] = a[n]; }
extern "C" void solve(const float* a, const float* b, float* c, int n) { add\u202eevil\u202c<<<1, 4096>>>(a, c, n); }
