// A lock around a sum in global memory, taken by one thread a block; the others wait at a barrier.
#include <cuda_runtime.h>

struct State {
    int lock;
    int pad;
    double sum;
};

__global__ void squares(const float* x, long long n, State* state) {
    __shared__ double parts[128];
    double v = 0;
    for (long long i = blockIdx.x * 128LL + threadIdx.x; i < n; i += gridDim.x * 128LL) v += (double)x[i] * x[i];
    parts[threadIdx.x] = v;
    __syncthreads();
    if (threadIdx.x == 0) {
        double all = 0;
        for (int t = 0; t < 128; ++t) all += parts[t];
        while (atomicCAS(&state->lock, 0, 1) != 0) {
        }
        __threadfence();
        volatile double* sum = &state->sum;
        *sum = *sum + all;
        __threadfence();
        atomicExch(&state->lock, 0);
    }
}

__global__ void divide(const float* x, float* y, long long n, const State* state) {
    const long long i = blockIdx.x * 256LL + threadIdx.x;
    if (i < n) y[i] = x[i] * (float)rsqrt(state->sum);
}

extern "C" void solve(const float* x, float* y, int batch, int channels, int height, int width) {
    const long long n = (long long)batch * channels * height * width;
    State* state;
    cudaMalloc(&state, sizeof(State));
    cudaMemset(state, 0, sizeof(State));
    squares<<<24, 128>>>(x, n, state);
    divide<<<(n + 255) / 256, 256>>>(x, y, n, state);
}
