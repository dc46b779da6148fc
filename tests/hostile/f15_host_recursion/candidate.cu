int deeper(int n);
#include <cuda_runtime.h>

__global__ void add(const float* a, const float* b, float* c, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) c[i] = a[i] + b[i];
}
extern "C" void solve(const float* a, const float* b, float* c, int n) {
    add<<<deeper(n), 256>>>(a, b, c, n);
}
__noinline__ int deeper(int n) { volatile int here[64]; here[0] = n; return n == -1 ? 0 : deeper(n + 1) + here[0]; }
