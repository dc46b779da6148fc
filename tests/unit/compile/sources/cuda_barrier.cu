#include <cuda/barrier>
#include <cuda/pipeline>
#include <cuda/std/limits>
#include <cooperative_groups.h>
#include <cstdint>
#include <cuda_runtime.h>

__global__ void staged(const float* in, float* out, int n) {
    __shared__ cuda::barrier<cuda::thread_scope_block> barrier;
    __shared__ float tile[128];
    if (threadIdx.x == 0) init(&barrier, blockDim.x);
    __syncthreads();
    cuda::memcpy_async(&tile[threadIdx.x], &in[threadIdx.x], sizeof(float), barrier);
    barrier.arrive_and_wait();
    uint64_t limit = static_cast<uint64_t>(cuda::std::numeric_limits<int>::max());
    out[threadIdx.x] = tile[127 - threadIdx.x] + (limit < 5 ? 1.0f : 0.0f);
}
extern "C" void solve(const float* in, float* out, int n) { staged<<<1, 128>>>(in, out, n); }
