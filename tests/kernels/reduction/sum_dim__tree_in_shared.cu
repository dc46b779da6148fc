// One block an output, a tree over shared memory whose last steps are a warp's, through volatile memory.
#include <cuda_runtime.h>

__global__ void sum(const float* x, float* y, int reduce, int inner) {
    __shared__ float part[128];
    const int o = blockIdx.x / inner, i = blockIdx.x % inner, t = threadIdx.x;
    const float* from = x + (size_t)o * reduce * inner + i;
    float mine = 0;
    for (int r = t; r < reduce; r += 128) mine += from[(size_t)r * inner];
    part[t] = mine;
    __syncthreads();
    for (int half = 64; half > 32; half >>= 1) {
        if (t < half) part[t] += part[t + half];
        __syncthreads();
    }
    if (t < 32) {
        volatile float* v = part;
        float held = v[t] + v[t + 32];
        v[t] = held; __syncwarp();
        for (int half = 16; half > 0; half >>= 1) {
            held += v[t + half]; __syncwarp();
            v[t] = held; __syncwarp();
        }
        if (t == 0) y[blockIdx.x] = held;
    }
}

extern "C" void solve(const float* x, float* y, int outer, int reduce, int inner) {
    sum<<<outer * inner, 128>>>(x, y, reduce, inner);
}
