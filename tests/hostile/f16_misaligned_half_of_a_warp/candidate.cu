#include <cuda_runtime.h>

__global__ void add(const float* a, const float* b, float* c, int n) {
    __shared__ float rows[16][17];
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    for (int k = threadIdx.x; k < 16 * 17; k += blockDim.x) rows[k / 17][k % 17] = 0;
    __syncthreads();
    float value;
    asm volatile("ld.f32 %0, [%1];" : "=f"(value) : "l"((char*)rows + threadIdx.x / 16 % 2 * 69));
    if (i < n) c[i] = a[i] + b[i] + value;
}
extern "C" void solve(const float* a, const float* b, float* c, int n) {
    add<<<(n + 31) / 32, 32>>>(a, b, c, n);
}
