// Each warp draws outputs from a queue: lane 0 asks, a shuffle tells, and it ends when the queue is empty.
#include <cuda_runtime.h>

__global__ void sum(const float* x, float* y, int reduce, int inner, int outputs, int* next) {
    const int lane = threadIdx.x % 32;
    while (true) {
        int out = 0;
        if (lane == 0) out = atomicAdd(next, 1);
        out = __shfl_sync(~0u, out, 0);
        if (out >= outputs) break;
        float v = 0;
        for (int r = lane; r < reduce; r += 32) v += x[((size_t)(out / inner) * reduce + r) * inner + out % inner];
        for (int d = 16; d; d /= 2) v += __shfl_xor_sync(~0u, v, d);
        if (lane == 0) y[out] = v;
    }
}

extern "C" void solve(const float* x, float* y, int outer, int reduce, int inner) {
    int* next;
    cudaMalloc(&next, sizeof(int));
    cudaMemset(next, 0, sizeof(int));
    sum<<<4, 128>>>(x, y, reduce, inner, outer * inner, next);
}
