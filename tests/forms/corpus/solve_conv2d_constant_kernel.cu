// task: kb1_082_conv_depthwise_2d_square_input_square_kernel
#include <cuda_runtime.h>
#define MAX_WEIGHTS 4096
__constant__ float d_kernel[MAX_WEIGHTS];

__global__ void conv_kernel(const float* input, float* output, int channels, int H, int W) {
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y, plane = blockIdx.z;
    if (x >= W - 2 || y >= H - 2) return;
    float s = 0.f;
#pragma unroll
    for (int i = 0; i < 3; ++i)
#pragma unroll
        for (int j = 0; j < 3; ++j) s += input[((size_t)plane * H + y + i) * W + x + j] * d_kernel[(plane % channels) * 9 + 3 * i + j];
    output[((size_t)plane * (H - 2) + y) * (W - 2) + x] = s;
}

extern "C" void solve(const float* input, const float* kernel, float* output, int batch, int channels, int H, int W) {
    cudaMemcpyToSymbol(d_kernel, kernel, channels * 9 * sizeof(float), 0, cudaMemcpyDeviceToDevice);
    dim3 block(32, 8);
    dim3 grid((W - 2 + 31) / 32, (H - 2 + 7) / 8, batch * channels);
    conv_kernel<<<grid, block>>>(input, output, channels, H, W);
}
