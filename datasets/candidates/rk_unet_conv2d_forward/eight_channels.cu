#include <cuda_runtime.h>

// Any stride and padding: a thread for each position of eight output channels, the weights of one input channel in shared
// memory.
constexpr int CHANNELS = 8;

__global__ void conv(const float* __restrict__ x, const float* __restrict__ weights, const float* __restrict__ biases,
                     float* __restrict__ y, int in_channels, int out_channels, int height, int width, int out_height,
                     int out_width, int stride, int padding) {
    __shared__ float taps[CHANNELS * 9];
    const int i = blockIdx.x * blockDim.x + threadIdx.x, first = blockIdx.y * CHANNELS, image = blockIdx.z;
    const int row = i / out_width * stride - padding, col = i % out_width * stride - padding;
    float acc[CHANNELS] = {};
    for (int channel = 0; channel < in_channels; ++channel) {
        __syncthreads();
        for (int t = threadIdx.x; t < CHANNELS * 9; t += blockDim.x) {
            const int o = first + t / 9;
            taps[t] = o < out_channels ? weights[((size_t)o * in_channels + channel) * 9 + t % 9] : 0.f;
        }
        __syncthreads();
        const float* plane = x + ((size_t)image * in_channels + channel) * height * width;
#pragma unroll
        for (int t = 0; t < 9; ++t) {
            const int r = row + t / 3, q = col + t % 3;
            const float v = (r >= 0 && r < height && q >= 0 && q < width) ? plane[(size_t)r * width + q] : 0.f;
#pragma unroll
            for (int o = 0; o < CHANNELS; ++o) acc[o] = fmaf(v, taps[o * 9 + t], acc[o]);
        }
    }
    if (i >= out_height * out_width) return;
    for (int o = 0; o < CHANNELS && first + o < out_channels; ++o) {
        y[((size_t)image * out_channels + first + o) * out_height * out_width + i] = acc[o] + biases[first + o];
    }
}

extern "C" void solve(const float* x, const float* weights, const float* biases, float* y, int batch, int in_channels,
                      int out_channels, int height, int width, int stride, int padding) {
    const int out_height = (height + 2 * padding - 3) / stride + 1, out_width = (width + 2 * padding - 3) / stride + 1;
    conv<<<dim3((out_height * out_width + 127) / 128, (out_channels + CHANNELS - 1) / CHANNELS, batch), 128>>>(
        x, weights, biases, y, in_channels, out_channels, height, width, out_height, out_width, stride, padding);
}
