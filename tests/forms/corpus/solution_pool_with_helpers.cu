// task: max_pool2d
#include <cuda_runtime.h>
#include <cmath>
#include <cfloat>

__host__ __device__ inline int out_size(int n, int k, int s, int p) { return std::floor((n + 2.0 * p - k) / s) + 1; }

__global__ void max_pool(const float* input, float* output, int planes, int H, int W, int k, int s, int p) {
    const int oh = out_size(H, k, s, p), ow = out_size(W, k, s, p);
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= planes * oh * ow) return;
    int x = i % ow, y = i / ow % oh, pl = i / (ow * oh);
    float best = -FLT_MAX;
    for (int a = 0; a < k; a++)
        for (int b = 0; b < k; b++) {
            int yy = y * s - p + a, xx = x * s - p + b;
            if (yy >= 0 && yy < H && xx >= 0 && xx < W) best = fmaxf(best, input[((size_t)pl * H + yy) * W + xx]);
        }
    output[i] = best;
}

extern "C" void solution(const float* input, float* output, size_t batch, size_t channels, size_t H, size_t W, int kernel, int stride, int padding) {
    int total = batch * channels * out_size(H, kernel, stride, padding) * out_size(W, kernel, stride, padding);
    int threads = 256;
    max_pool<<<(total + threads - 1) / threads, threads>>>(input, output, batch * channels, H, W, kernel, stride, padding);
}
