// task: kb1_098_kldivloss
#include <cuda_runtime.h>
#include <vector>
#include <algorithm>

#define CUDA_CHECK(call)                                                                       \
    do {                                                                                       \
        cudaError_t err = call;                                                                \
        if (err != cudaSuccess) {                                                              \
            fprintf(stderr, "CUDA error in %s:%d: %s\n", __FILE__, __LINE__, cudaGetErrorString(err)); \
            exit(EXIT_FAILURE);                                                                \
        }                                                                                      \
    } while (0)
#include <cstdio>
#include <cstdlib>

__global__ void partial(const float* p, const float* t, float* sums, size_t first, size_t count, int slot) {
    float s = 0.f;
    for (size_t i = threadIdx.x; i < count; i += blockDim.x) s += t[first + i] * (logf(t[first + i]) - logf(p[first + i]));
    for (int o = 16; o > 0; o >>= 1) s += __shfl_down_sync(~0u, s, o);
    __shared__ float w[8];
    if (threadIdx.x % 32 == 0) w[threadIdx.x / 32] = s;
    __syncthreads();
    if (threadIdx.x == 0) { s = 0.f; for (int i = 0; i < 8; ++i) s += w[i]; sums[slot] = s; }
}
__global__ void combine(const float* sums, float* out, int n, size_t rows) { float s = 0.f; for (int i = 0; i < n; ++i) s += sums[i]; *out = s / rows; }

extern "C" void solution(const float* predictions, const float* targets, float* output, size_t rows, size_t cols) {
    const size_t n = rows * cols, each = (n + 15) / 16;
    std::vector<cudaStream_t> streams(4);
    std::vector<cudaEvent_t> events(4);
    float* sums;
    CUDA_CHECK(cudaMalloc(&sums, 16 * sizeof(float)));
    CUDA_CHECK(cudaMemset(sums, 0, 16 * sizeof(float)));
    for (size_t s = 0; s < streams.size(); ++s) {
        CUDA_CHECK(cudaStreamCreateWithFlags(&streams[s], cudaStreamNonBlocking));
        CUDA_CHECK(cudaEventCreateWithFlags(&events[s], cudaEventDisableTiming));
    }
    for (int i = 0; i < 16; ++i) {
        const size_t first = std::min(n, i * each), count = std::min(each, n - first);
        if (count > 0) partial<<<1, 256, 0, streams[i % 4]>>>(predictions, targets, sums, first, count, i);
    }
    for (int s = 0; s < 4; ++s) {
        CUDA_CHECK(cudaEventRecord(events[s], streams[s]));
        CUDA_CHECK(cudaStreamWaitEvent(0, events[s], 0));
    }
    combine<<<1, 1>>>(sums, output, 16, rows);
    CUDA_CHECK(cudaDeviceSynchronize());
    for (int s = 0; s < 4; ++s) {
        cudaEventDestroy(events[s]);
        cudaStreamDestroy(streams[s]);
    }
    cudaFree(sums);
}
