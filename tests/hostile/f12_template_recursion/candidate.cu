#include <cuda_runtime.h>

template <int N> struct Tree { static constexpr int value = Tree<N + 1>::value + Tree<N + 1>::value; };
__device__ int bomb = Tree<0>::value;
__global__ void add(const float* a, const float* b, float* c, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) c[i] = a[i] + b[i];
}
extern "C" void solve(const float* a, const float* b, float* c, int n) {
    add<<<(n + 255) / 256, 256>>>(a, b, c, n);
}
