// A grid-wide barrier by hand: a counter, a generation, and a wait for it by one thread a block.
#include <cuda_runtime.h>

struct Barrier {
    unsigned count, generation;
};

__device__ void meet(Barrier* b) {
    __syncthreads();
    if (threadIdx.x == 0) {
        __threadfence();
        const unsigned before = *(volatile unsigned*)&b->generation;
        if (atomicAdd(&b->count, 1) == gridDim.x - 1) {
            b->count = 0;
            __threadfence();
            atomicAdd(&b->generation, 1);
        } else {
            while (*(volatile unsigned*)&b->generation == before) {
            }
        }
        __threadfence();
    }
    __syncthreads();
}

__global__ void scan(const float* x, float* y, int n, int chunk, float* sums, Barrier* barrier) {
    const int t = blockIdx.x * blockDim.x + threadIdx.x, threads = gridDim.x * blockDim.x;
    const int from = min(t * chunk, n), to = min(from + chunk, n);
    float sum = 0;
    for (int i = from; i < to; ++i) sum += x[i];
    sums[t] = sum;
    meet(barrier);
    if (t == 0) {
        float run = 0;
        for (int k = 0; k < threads; ++k) {
            const float own = __ldcg(sums + k);
            __stcg(sums + k, run);
            run += own;
        }
    }
    meet(barrier);
    float run = __ldcg(sums + t);
    for (int i = from; i < to; ++i) y[i] = run += x[i];
}

extern "C" void solve(const float* x, float* y, int n) {
    float* sums;
    Barrier* barrier;
    cudaMalloc(&sums, 4 * 64 * sizeof(float));
    cudaMalloc(&barrier, sizeof(Barrier));
    cudaMemset(barrier, 0, sizeof(Barrier));
    int chunk = (n + 255) / 256;
    void* arguments[] = {&x, &y, &n, &chunk, &sums, &barrier};
    cudaLaunchCooperativeKernel((const void*)scan, 4, 64, arguments, 0, nullptr);
}
