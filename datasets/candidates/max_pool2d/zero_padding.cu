#include <cuda_runtime.h>

// Max pooling over an explicitly zero-padded view of the input.
__device__ __forceinline__ float load_padded(const float* plane, int h, int w, int height, int width) {
    return (h >= 0 && h < height && w >= 0 && w < width) ? plane[h * width + w] : 0.0f;
}

__global__ void max_pool2d_kernel(const float* __restrict__ x, float* __restrict__ y, int total, int height, int width,
                                  int kernel, int stride, int padding, int out_h, int out_w) {
    int idx = blockIdx.x * blockDim.x + threadIdx.x;
    if (idx >= total) return;
    int ow = idx % out_w;
    int oh = (idx / out_w) % out_h;
    const float* plane = x + (size_t)(idx / (out_w * out_h)) * height * width;

    float m = load_padded(plane, oh * stride - padding, ow * stride - padding, height, width);
    for (int kh = 0; kh < kernel; kh++)
        for (int kw = 0; kw < kernel; kw++)
            m = fmaxf(m, load_padded(plane, oh * stride - padding + kh, ow * stride - padding + kw, height, width));
    y[idx] = m;
}

extern "C" void solve(const float* x, float* y, int batch, int channels, int height, int width,
                      int kernel, int stride, int padding) {
    int out_h = (height + 2 * padding - kernel) / stride + 1;
    int out_w = (width + 2 * padding - kernel) / stride + 1;
    int total = batch * channels * out_h * out_w;
    max_pool2d_kernel<<<(total + 255) / 256, 256>>>(x, y, total, height, width, kernel, stride, padding, out_h, out_w);
}
