// A tile of the image with its halo in shared memory, sized at run time; one output channel a layer of the grid.
#include <cuda_runtime.h>

constexpr int kX = 16, kY = 8;

__global__ void conv(const float* x, const float* weight, const float* bias, float* y, int in_channels,
                     int out_channels, int height, int width, int kernel, int stride, int padding) {
    extern __shared__ float shared[];
    const int wide = (kX - 1) * stride + kernel, tall = (kY - 1) * stride + kernel;
    float* filter = shared;
    float* tile = shared + kernel * kernel;
    const int out_w = (width + 2 * padding - kernel) / stride + 1, out_h = (height + 2 * padding - kernel) / stride + 1;
    const int batch = blockIdx.z / out_channels, o = blockIdx.z % out_channels;
    const int ox = blockIdx.x * kX + threadIdx.x, oy = blockIdx.y * kY + threadIdx.y;
    const int x0 = blockIdx.x * kX * stride - padding, y0 = blockIdx.y * kY * stride - padding;
    const int t = threadIdx.y * kX + threadIdx.x;
    float sum = bias[o];
    for (int i = 0; i < in_channels; ++i) {
        const float* plane = x + (size_t)(batch * in_channels + i) * height * width;
        const float* taps = weight + (size_t)(o * in_channels + i) * kernel * kernel;
        for (int e = t; e < kernel * kernel; e += kX * kY) filter[e] = taps[e];
        for (int e = t; e < wide * tall; e += kX * kY) {
            const int gx = x0 + e % wide, gy = y0 + e / wide;
            tile[e] = (unsigned)gx < (unsigned)width && (unsigned)gy < (unsigned)height ? plane[gy * width + gx] : 0.0f;
        }
        __syncthreads();
        if (ox < out_w && oy < out_h) {
            for (int r = 0; r < kernel; ++r)
                for (int q = 0; q < kernel; ++q)
                    sum += filter[r * kernel + q] * tile[(threadIdx.y * stride + r) * wide + threadIdx.x * stride + q];
        }
        __syncthreads();
    }
    if (ox < out_w && oy < out_h) y[((size_t)blockIdx.z * out_h + oy) * out_w + ox] = sum;
}

extern "C" void solve(const float* x, const float* weight, const float* bias, float* y, int batch, int in_channels,
                      int out_channels, int height, int width, int kernel, int stride, int padding) {
    const int out_w = (width + 2 * padding - kernel) / stride + 1, out_h = (height + 2 * padding - kernel) / stride + 1;
    const size_t shared =
        sizeof(float) * (kernel * kernel + ((kX - 1) * stride + kernel) * ((kY - 1) * stride + kernel));
    conv<<<dim3((out_w + kX - 1) / kX, (out_h + kY - 1) / kY, batch * out_channels), dim3(kX, kY), shared>>>(
        x, weight, bias, y, in_channels, out_channels, height, width, kernel, stride, padding);
}
