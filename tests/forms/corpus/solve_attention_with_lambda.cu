// task: kb1_097_scaleddotproductattention
#include <cuda_runtime.h>
#include <math.h>
#include <float.h>
#define BLOCK_SIZE 128
#define TILE_N 16

__global__ void online_attention(const float* __restrict__ Q, const float* __restrict__ K, const float* __restrict__ V, float* __restrict__ O, int N, int d, float scale) {
    extern __shared__ float smem[];
    float *q = smem, *acc = q + d, *scores = acc + d, *reduce = scores + TILE_N;
    const size_t base = (size_t)blockIdx.y * N * d;
    for (int i = threadIdx.x; i < d; i += BLOCK_SIZE) { q[i] = Q[base + (size_t)blockIdx.x * d + i]; acc[i] = 0.f; }
    __syncthreads();
    float m = -FLT_MAX, l = 0.f;
    for (int t0 = 0; t0 < N; t0 += TILE_N) {
        const int len = min(TILE_N, N - t0);
        for (int t = 0; t < len; ++t) {
            float dot = 0.f;
            for (int i = threadIdx.x; i < d; i += BLOCK_SIZE) dot += q[i] * K[base + (size_t)(t0 + t) * d + i];
            reduce[threadIdx.x] = dot;
            __syncthreads();
            for (int w = BLOCK_SIZE / 2; w > 0; w >>= 1) {
                if (threadIdx.x < w) reduce[threadIdx.x] += reduce[threadIdx.x + w];
                __syncthreads();
            }
            if (threadIdx.x == 0) scores[t] = reduce[0] * scale;
            __syncthreads();
        }
        float top = m;
        for (int t = 0; t < len; ++t) top = fmaxf(top, scores[t]);
        const float old = expf(m - top);
        float sum = 0.f;
        for (int t = 0; t < len; ++t) sum += expf(scores[t] - top);
        for (int i = threadIdx.x; i < d; i += BLOCK_SIZE) {
            float a = acc[i] * old;
            for (int t = 0; t < len; ++t) a += expf(scores[t] - top) * V[base + (size_t)(t0 + t) * d + i];
            acc[i] = a;
        }
        l = l * old + sum;
        m = top;
        __syncthreads();
    }
    for (int i = threadIdx.x; i < d; i += BLOCK_SIZE) O[base + (size_t)blockIdx.x * d + i] = acc[i] / l;
}

extern "C" void solve(const float* Q, const float* K, const float* V, float* output, int batch, int heads, int N, int d) {
    size_t bytes = (2 * (size_t)d + TILE_N + BLOCK_SIZE) * sizeof(float);
    auto launch = [&](cudaStream_t stream) {
        online_attention<<<dim3(N, batch * heads), BLOCK_SIZE, bytes, stream>>>(Q, K, V, output, N, d, 1.0f / sqrtf((float)d));
    };
    launch(0);
    cudaStreamSynchronize(0);
}
