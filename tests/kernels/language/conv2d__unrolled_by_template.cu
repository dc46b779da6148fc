// One instance for each kernel size that is common, chosen by the host from a table of function pointers.
#include <cuda_runtime.h>

struct Shape {
    int in_channels, out_channels, height, width, out_h, out_w, stride, padding, kernel;
};

template <int K>
__global__ void conv(const float* __restrict__ x, const float* __restrict__ w, const float* __restrict__ bias,
                     float* __restrict__ y, const Shape s, int total) {
    const int kernel = K > 0 ? K : s.kernel;
    for (int e = blockIdx.x * blockDim.x + threadIdx.x; e < total; e += gridDim.x * blockDim.x) {
        const int ox = e % s.out_w, oy = e / s.out_w % s.out_h, o = e / (s.out_w * s.out_h) % s.out_channels;
        const int b = e / (s.out_w * s.out_h * s.out_channels);
        float sum = bias[o];
        for (int i = 0; i < s.in_channels; ++i) {
#pragma unroll
            for (int r = 0; r < (K > 0 ? K : kernel); ++r) {
                const int iy = oy * s.stride - s.padding + r;
                if (iy < 0 || iy >= s.height) continue;
#pragma unroll
                for (int q = 0; q < (K > 0 ? K : kernel); ++q) {
                    const int ix = ox * s.stride - s.padding + q;
                    if (ix < 0) continue;
                    if (ix >= s.width) break;
                    sum += x[((b * s.in_channels + i) * s.height + iy) * s.width + ix] *
                           w[((o * s.in_channels + i) * kernel + r) * kernel + q];
                }
            }
        }
        y[e] = sum;
    }
}

extern "C" void solve(const float* x, const float* weight, const float* bias, float* y, int batch, int in_channels,
                      int out_channels, int height, int width, int kernel, int stride, int padding) {
    const Shape s{in_channels, out_channels, height, width, (height + 2 * padding - kernel) / stride + 1,
                  (width + 2 * padding - kernel) / stride + 1, stride, padding, kernel};
    using Kernel = void (*)(const float*, const float*, const float*, float*, Shape, int);
    static const Kernel kernels[] = {conv<0>, conv<1>, conv<0>, conv<3>, conv<0>, conv<5>};
    const Kernel chosen = kernel < 6 ? kernels[kernel] : kernels[0];
    const int total = batch * out_channels * s.out_h * s.out_w;
    chosen<<<(total + 127) / 128, 128>>>(x, weight, bias, y, s, total);
}
