// cuda::barrier instead of __syncthreads: arrive, do something else, wait with the token.
#include <cuda/barrier>
#include <cuda_runtime.h>
#pragma nv_diag_suppress static_var_with_dynamic_init
using Barrier = cuda::barrier<cuda::thread_scope_block>;

__device__ void all(Barrier& b) { b.arrive_and_wait(); }

__global__ void softmax(const float* x, float* y, int cols) {
    __shared__ Barrier barrier;
    __shared__ float s[128];
    const int t = threadIdx.x;
    if (t == 0) init(&barrier, blockDim.x);
    __syncthreads();
    const float* in = x + (size_t)blockIdx.x * cols;
    float top = -INFINITY;
    for (int c = t; c < cols; c += 128) top = fmaxf(top, in[c]);
    s[t] = top;
    for (int d = 64; d; d /= 2) {
        all(barrier);
        if (t < d) s[t] = fmaxf(s[t], s[t + d]);
    }
    all(barrier);
    top = s[0];
    auto token = barrier.arrive();
    float sum = 0;
    for (int c = t; c < cols; c += 128) sum += expf(in[c] - top);
    barrier.wait(std::move(token));
    s[t] = sum;
    for (int d = 64; d; d /= 2) {
        all(barrier);
        if (t < d) s[t] += s[t + d];
    }
    all(barrier);
    for (int c = t; c < cols; c += 128) y[(size_t)blockIdx.x * cols + c] = expf(in[c] - top) / s[0];
}

extern "C" void solve(const float* x, float* y, int rows, int cols) { softmax<<<rows, 128>>>(x, y, cols); }
