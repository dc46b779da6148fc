// task: max_pool2d
#include <cuda_runtime.h>
#include <cstdio>
#include <climits>
#include <cmath>
__host__ __device__ constexpr int ceil_div(int a, int b) { return (a + b - 1) / b; }
struct Shape4 { int n, c, h, w; __host__ __device__ size_t at(int N, int C, int H, int W) const { return (((size_t)N * c + C) * h + H) * w + W; } };
__global__ void pool(const float* in, float* out, Shape4 is, Shape4 os, int k, int s, int p) {
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y, nc = blockIdx.z;
    if (x >= os.w || y >= os.h) return;
    int n = nc / os.c, c = nc % os.c;
    float best = -HUGE_VALF;
    for (int i = 0; i < k; ++i) for (int j = 0; j < k; ++j) {
        int iy = y * s - p + i, ix = x * s - p + j;
        if (iy >= 0 && iy < is.h && ix >= 0 && ix < is.w) best = fmaxf(best, in[is.at(n, c, iy, ix)]);
    }
    out[os.at(n, c, y, x)] = best;
}
extern "C" void solve(const float* input, float* output, int N, int C, int H, int W, int kernel_size, int stride, int padding) {
    Shape4 is{N, C, H, W}, os{N, C, (H + 2 * padding - kernel_size) / stride + 1, (W + 2 * padding - kernel_size) / stride + 1};
    dim3 b(32, 4), g(ceil_div(os.w, 32), ceil_div(os.h, 4), N * C);
    void* args[] = {(void*)&input, (void*)&output, &is, &os, &kernel_size, &stride, &padding};
    cudaError_t e = cudaLaunchKernel((const void*)pool, g, b, args, 0, 0);
    if (e != cudaSuccess) printf("%s\n", cudaGetErrorName(e));
    cudaDeviceSynchronize();
}
