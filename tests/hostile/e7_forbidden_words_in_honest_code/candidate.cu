#include <cuda_runtime.h>

// No clock(), no malloc(), no __nanosleep(): "mov.u32 %0, %clock;" stands in this comment alone.
__global__ void add(const float* a, const float* b, float* c, int n, int clock64) {
    int globaltimer = blockIdx.x * blockDim.x + threadIdx.x;
    const char* malloc_text = "cudaLaunchKernel";
    if (globaltimer < n && clock64 == 0 && malloc_text[0] == 'c') c[globaltimer] = a[globaltimer] + b[globaltimer];
}
extern "C" void solve(const float* a, const float* b, float* c, int n) {
    add<<<(n + 255) / 256, 256>>>(a, b, c, n, 0);
}
