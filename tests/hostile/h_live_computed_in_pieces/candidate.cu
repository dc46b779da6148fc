#include <cmath>
#include <cuda_runtime.h>

__global__ void scale(const float* x, float* y, float factor, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = x[i] * factor;
}
extern "C" void solve(const float* x, float* y, int batch, int channels, int height, int width) {
    const int n = batch * channels * height * width;
    double total = 0;
    for (int begin = 0; begin < n; begin += 256) {
        float piece[256];
        const int count = n - begin < 256 ? n - begin : 256;
        cudaMemcpy(piece, x + begin, count * sizeof(float), cudaMemcpyDeviceToHost);
        for (int i = 0; i < count; i++) total += piece[i] * piece[i];
    }
    scale<<<(n + 255) / 256, 256>>>(x, y, static_cast<float>(1 / std::sqrt(total)), n);
}
