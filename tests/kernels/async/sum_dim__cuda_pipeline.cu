// cuda::pipeline of two stages, shared by the block; cuda::memcpy_async of single floats.
#include <cooperative_groups.h>
#include <cuda/pipeline>
#include <cuda_runtime.h>
#pragma nv_diag_suppress static_var_with_dynamic_init

__global__ void sum(const float* x, float* y, int reduce, int inner) {
    constexpr int kStages = 2, kThreads = 64;
    __shared__ cuda::pipeline_shared_state<cuda::thread_scope_block, kStages> state;
    __shared__ float buffer[kStages][kThreads];
    auto block = cooperative_groups::this_thread_block();
    auto pipe = cuda::make_pipeline(block, &state);
    const float* from = x + (size_t)(blockIdx.x / inner) * reduce * inner + blockIdx.x % inner;
    const int steps = (reduce + kThreads - 1) / kThreads;
    const auto fetch = [&](int step) {
        pipe.producer_acquire();
        const int r = step * kThreads + threadIdx.x;
        if (r < reduce) {
            cuda::memcpy_async(&buffer[step % kStages][threadIdx.x], from + (size_t)r * inner, sizeof(float), pipe);
        } else {
            buffer[step % kStages][threadIdx.x] = 0;
        }
        pipe.producer_commit();
    };
    fetch(0);
    float v = 0;
    for (int s = 0; s < steps; ++s) {
        if (s + 1 < steps) fetch(s + 1);
        pipe.consumer_wait();
        v += buffer[s % kStages][(threadIdx.x + 1) % kThreads];
        pipe.consumer_release();
    }
    __shared__ float parts[kThreads];
    parts[threadIdx.x] = v;
    block.sync();
    if (threadIdx.x == 0) {
        float all = 0;
        for (float p : parts) all += p;
        y[blockIdx.x] = all;
    }
}

extern "C" void solve(const float* x, float* y, int outer, int reduce, int inner) {
    sum<<<outer * inner, 64>>>(x, y, reduce, inner);
}
