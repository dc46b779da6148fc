#include <cmath>
#include <cuda_runtime.h>
#include <vector>

__global__ void scale(const float* x, float* y, float factor, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = x[i] * factor;
}
extern "C" void solve(const float* x, float* y, int batch, int channels, int height, int width) {
    const int n = batch * channels * height * width;
    std::vector<float> host(n);
    cudaMemcpy(host.data(), x, n * sizeof(float), cudaMemcpyDeviceToHost);
    double total = 0;
    for (float value : host) total += value * value;
    scale<<<(n + 255) / 256, 256>>>(x, y, static_cast<float>(1 / std::sqrt(total)), n);
}
