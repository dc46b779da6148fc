// task: rk_llama_rmsnorm_forward
#include <cuda_runtime.h>
#include <math.h>

__global__ void rms_norm_kernel(const float* input, const float* gamma, float* output, int N, float eps) {
    extern __shared__ float shared[];
    int row = blockIdx.x, tid = threadIdx.x;
    float s = 0.0f;
    for (int i = tid; i < N; i += blockDim.x) s += input[row * N + i] * input[row * N + i];
    shared[tid] = s;
    __syncthreads();
    for (int stride = blockDim.x / 2; stride > 0; stride >>= 1) {
        if (tid < stride) shared[tid] += shared[tid + stride];
        __syncthreads();
    }
    float inv = rsqrtf(shared[0] / N + eps);
    for (int i = tid; i < N; i += blockDim.x) output[row * N + i] = input[row * N + i] * inv * gamma[i];
}

extern "C" void solve(const float* input, const float* gamma, float* output, int batch, int tokens, int N, float eps) {
    int threads = 1;
    while (threads < N) {
        threads <<= 1;
    }
    if (threads > 1024) threads = 1024;
    size_t bytes = threads * sizeof(float);
    rms_norm_kernel<<<batch * tokens, threads, bytes>>>(input, gamma, output, N, eps);
    cudaDeviceSynchronize();
}
