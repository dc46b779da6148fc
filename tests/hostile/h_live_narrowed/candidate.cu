#include <cmath>
#include <cuda_fp16.h>
#include <cuda_runtime.h>
#include <vector>

__global__ void narrow(const float* x, __half* h, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) h[i] = __float2half(x[i]);
}
__global__ void scale(const float* x, float* y, float factor, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = x[i] * factor;
}
extern "C" void solve(const float* x, float* y, int batch, int channels, int height, int width) {
    const int n = batch * channels * height * width;
    __half* narrowed;
    cudaMalloc(&narrowed, n * sizeof(__half));
    narrow<<<(n + 255) / 256, 256>>>(x, narrowed, n);
    std::vector<__half> host(n);
    cudaMemcpy(host.data(), narrowed, n * sizeof(__half), cudaMemcpyDeviceToHost);
    double total = 0;
    for (__half value : host) total += __half2float(value) * __half2float(value);
    scale<<<(n + 255) / 256, 256>>>(x, y, static_cast<float>(1 / std::sqrt(total)), n);
}
