// Rounds the number of windows up: the last ones begin inside and end outside of the image.
#include <cuda_runtime.h>

__global__ void average(const float* x, float* y, int planes, int height, int width, int rows, int cols) {
    const int c = blockIdx.x * blockDim.x + threadIdx.x, r = blockIdx.y, plane = blockIdx.z;
    if (c >= cols) return;
    float sum = 0.0f;
    for (int i = 0; i < 11; ++i)
        for (int j = 0; j < 11; ++j) sum += x[((size_t)plane * height + r * 11 + i) * width + c * 11 + j];
    y[((size_t)plane * rows + r) * cols + c] = sum / 121.0f;
}

extern "C" void solve(const float* x, float* y, int batch, int channels, int height, int width) {
    const int rows = (height + 10) / 11, cols = (width + 10) / 11;
    average<<<dim3((cols + 31) / 32, rows, batch * channels), 32>>>(x, y, batch * channels, height, width, rows, cols);
}
