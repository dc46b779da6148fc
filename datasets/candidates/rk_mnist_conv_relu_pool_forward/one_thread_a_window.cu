#include <cuda_runtime.h>

// A thread for each pooled output: its 4 x 4 input patches give four convolutions, of which the largest is kept.
__global__ void conv_relu_pool(const float* __restrict__ x, const float* __restrict__ weights, const float* __restrict__ biases,
                               float* __restrict__ y, int in_channels, int out_channels, int height, int width, int out_height,
                               int out_width, int total) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= total) return;
    const int col = i % out_width, row = i / out_width % out_height;
    const int o = i / out_width / out_height % out_channels, image = i / out_width / out_height / out_channels;
    float sum[4] = {};
    for (int channel = 0; channel < in_channels; ++channel) {
        const float* from = x + (((size_t)image * in_channels + channel) * height + 2 * row) * width + 2 * col;
        const float* w = weights + ((size_t)o * in_channels + channel) * 9;
        float patch[4][4];
#pragma unroll
        for (int t = 0; t < 16; ++t) patch[t / 4][t % 4] = from[(size_t)(t / 4) * width + t % 4];
#pragma unroll
        for (int t = 0; t < 9; ++t) {
            const float tap = w[t];
#pragma unroll
            for (int p = 0; p < 4; ++p) sum[p] = fmaf(tap, patch[t / 3 + p / 2][t % 3 + p % 2], sum[p]);
        }
    }
    float largest = 0.f;
    for (int p = 0; p < 4; ++p) largest = fmaxf(largest, sum[p] + biases[o]);
    y[i] = largest;
}

extern "C" void solve(const float* x, const float* weights, const float* biases, float* y, int batch, int in_channels,
                      int out_channels, int height, int width) {
    const int out_height = (height - 2) / 2, out_width = (width - 2) / 2;
    const int total = batch * out_channels * out_height * out_width;
    conv_relu_pool<<<(total + 127) / 128, 128>>>(x, weights, biases, y, in_channels, out_channels, height, width, out_height,
                                                 out_width, total);
}
