#include <cuda_runtime.h>

// A thread for each element of x: it finds whether it is the largest of its window. Nothing is added, so no atomics.
__global__ void pool_backward(const float* __restrict__ dy, const float* __restrict__ x, float* __restrict__ dx, int height,
                              int width, long long total) {
    const long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= total) return;
    const int col = i % width, row = i / width % height;
    const long long plane = i / width / height;
    const int out_height = height / 2, out_width = width / 2;
    float gradient = 0.f;
    if (row / 2 < out_height && col / 2 < out_width) {
        const float* window = x + (plane * height + row / 2 * 2) * width + col / 2 * 2;
        const int own = row % 2 * 2 + col % 2;
        const float value[4] = {window[0], window[1], window[width], window[width + 1]};
        int largest = 0;
        for (int k = 1; k < 4; ++k) {
            if (value[k] >= value[largest]) largest = k;
        }
        if (largest == own) gradient = dy[(plane * out_height + row / 2) * out_width + col / 2];
    }
    dx[i] = gradient;
}

extern "C" void solve(const float* dy, const float* x, float* dx, int batch, int channels, int height, int width) {
    const long long total = (long long)batch * channels * height * width;
    pool_backward<<<(int)((total + 255) / 256), 256>>>(dy, x, dx, height, width, total);
}
