// A kernel that prints a line and asserts what it relies on.
#include <cassert>
#include <cstdio>
#include <cuda_runtime.h>

__global__ void add(const float* a, const float* b, float* c, int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    assert(gridDim.y == 1 && "one row of blocks");
    if (i == 0) printf("n = %d, first = %.2f %s %lld %c %p %5.1e %%\n", n, a[0], "text", 1LL << 40, 'x', nullptr, 2.5);
    if (i < n) {
        c[i] = a[i] + b[i];
        if (n == 1) printf("%u of %u\n", threadIdx.x, blockDim.x);
    }
}

extern "C" void solve(const float* a, const float* b, float* c, int n) {
    printf("%d elements\n", n);
    add<<<(n + 255) / 256, 256>>>(a, b, c, n);
}
