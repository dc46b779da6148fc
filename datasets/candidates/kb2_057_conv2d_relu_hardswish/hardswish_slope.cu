#include <cuda_runtime.h>

// A block computes 16 x 16 positions of 4 output channels; the input's tile of each channel, with its border, and the weights
// are in shared memory.
constexpr int SIDE = 16, TW = SIDE + 2, CHANNELS = 4;

__device__ float relu_hardswish(float v) {
    const float r = fmaxf(v, 0.f);
    return r * fminf(0.2f * r + 0.5f, 1.f);
}

__global__ void fused_conv(const float* __restrict__ x, const float* __restrict__ weight, const float* __restrict__ bias,
                           float* __restrict__ y, int in_channels, int out_channels, int height, int width) {
    __shared__ float tile[TW * TW];
    __shared__ float taps[CHANNELS * 9];
    const int out_height = height - 2, out_width = width - 2;
    const int across = (out_width + SIDE - 1) / SIDE;
    const int row0 = blockIdx.x / across * SIDE, col0 = blockIdx.x % across * SIDE;
    const int first = blockIdx.y * CHANNELS, image = blockIdx.z;
    const int tx = threadIdx.x % SIDE, ty = threadIdx.x / SIDE;
    float acc[CHANNELS] = {};
    for (int channel = 0; channel < in_channels; ++channel) {
        const float* plane = x + ((size_t)image * in_channels + channel) * height * width;
        for (int i = threadIdx.x; i < TW * TW; i += SIDE * SIDE) {
            const int r = row0 + i / TW, q = col0 + i % TW;
            tile[i] = (r < height && q < width) ? plane[(size_t)r * width + q] : 0.f;
        }
        if (threadIdx.x < CHANNELS * 9) {
            const int o = first + threadIdx.x / 9;
            taps[threadIdx.x] = o < out_channels ? weight[((size_t)o * in_channels + channel) * 9 + threadIdx.x % 9] : 0.f;
        }
        __syncthreads();
#pragma unroll
        for (int r = 0; r < 3; ++r)
#pragma unroll
            for (int q = 0; q < 3; ++q) {
                const float v = tile[(ty + r) * TW + tx + q];
#pragma unroll
                for (int o = 0; o < CHANNELS; ++o) acc[o] = fmaf(v, taps[o * 9 + r * 3 + q], acc[o]);
            }
        __syncthreads();
    }
    const int row = row0 + ty, col = col0 + tx;
    if (row >= out_height || col >= out_width) return;
    for (int o = 0; o < CHANNELS && first + o < out_channels; ++o) {
        const float c = acc[o] + bias[first + o];
        y[(((size_t)image * out_channels + first + o) * out_height + row) * out_width + col] = relu_hardswish(c);
    }
}

extern "C" void solve(const float* x, const float* weight, const float* bias, float* y, int batch, int in_channels,
                      int out_channels, int height, int width) {
    const int blocks = ((height - 2 + SIDE - 1) / SIDE) * ((width - 2 + SIDE - 1) / SIDE);
    fused_conv<<<dim3(blocks, (out_channels + CHANNELS - 1) / CHANNELS, batch), SIDE * SIDE>>>(x, weight, bias, y, in_channels,
                                                                                              out_channels, height, width);
}
