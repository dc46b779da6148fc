#include <cuda_runtime.h>

#include <time.h>
__global__ void add(const float* a, const float* b, float* c, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) c[i] = a[i] + b[i];
}
extern "C" void solve(const float* a, const float* b, float* c, int n) {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_nsec % 2 == 0) add<<<(n + 255) / 256, 256>>>(a, b, c, n);
}
