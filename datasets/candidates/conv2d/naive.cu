#include <cuda_runtime.h>

__global__ void conv2d_kernel(const float* x, const float* weight, const float* bias, float* y,
                              int batch, int in_channels, int out_channels, int height, int width,
                              int kernel, int stride, int padding, int out_h, int out_w) {
    int idx = blockIdx.x * blockDim.x + threadIdx.x;
    int total = batch * out_channels * out_h * out_w;
    if (idx >= total) return;

    int ow = idx % out_w;
    int oh = (idx / out_w) % out_h;
    int oc = (idx / (out_w * out_h)) % out_channels;
    int b = idx / (out_w * out_h * out_channels);

    float sum = bias[oc];
    for (int ic = 0; ic < in_channels; ic++) {
        for (int kh = 0; kh < kernel; kh++) {
            for (int kw = 0; kw < kernel; kw++) {
                int ih = oh * stride - padding + kh;
                int iw = ow * stride - padding + kw;
                if (ih >= 0 && ih < height && iw >= 0 && iw < width) {
                    sum += x[((b * in_channels + ic) * height + ih) * width + iw] *
                           weight[((oc * in_channels + ic) * kernel + kh) * kernel + kw];
                }
            }
        }
    }
    y[idx] = sum;
}

extern "C" void solve(const float* x, const float* weight, const float* bias, float* y,
                      int batch, int in_channels, int out_channels, int height, int width,
                      int kernel, int stride, int padding) {
    int out_h = (height + 2 * padding - kernel) / stride + 1;
    int out_w = (width + 2 * padding - kernel) / stride + 1;
    int total = batch * out_channels * out_h * out_w;
    int threads = 256;
    int blocks = (total + threads - 1) / threads;
    conv2d_kernel<<<blocks, threads>>>(x, weight, bias, y, batch, in_channels, out_channels, height, width,
                                       kernel, stride, padding, out_h, out_w);
    cudaDeviceSynchronize();
}
