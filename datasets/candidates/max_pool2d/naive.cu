#include <cuda_runtime.h>
#include <float.h>

__global__ void max_pool2d_kernel(const float* x, float* y, int batch, int channels, int height, int width,
                                  int kernel, int stride, int padding, int out_h, int out_w) {
    int ow = blockIdx.x * blockDim.x + threadIdx.x;
    int oh = blockIdx.y * blockDim.y + threadIdx.y;
    int bc = blockIdx.z;
    if (ow >= out_w || oh >= out_h || bc >= batch * channels) return;

    const float* plane = x + (size_t)bc * height * width;
    float max_val = -FLT_MAX;
    for (int kh = 0; kh < kernel; ++kh) {
        for (int kw = 0; kw < kernel; ++kw) {
            int ih = oh * stride - padding + kh;
            int iw = ow * stride - padding + kw;
            if (ih >= 0 && ih < height && iw >= 0 && iw < width) {
                max_val = fmaxf(max_val, plane[ih * width + iw]);
            }
        }
    }
    y[((size_t)bc * out_h + oh) * out_w + ow] = max_val;
}

extern "C" void solve(const float* x, float* y, int batch, int channels, int height, int width,
                      int kernel, int stride, int padding) {
    int out_h = (height + 2 * padding - kernel) / stride + 1;
    int out_w = (width + 2 * padding - kernel) / stride + 1;
    dim3 block(16, 16);
    dim3 grid((out_w + 15) / 16, (out_h + 15) / 16, batch * channels);
    max_pool2d_kernel<<<grid, block>>>(x, y, batch, channels, height, width, kernel, stride, padding, out_h, out_w);
    cudaDeviceSynchronize();
}
