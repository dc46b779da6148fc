// A block splits by which of its threads have a second element; each warp's parts reduce apart and meet in shared memory.
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
#include <cuda_runtime.h>
namespace cg = cooperative_groups;

__global__ void softmax(const float* x, float* y, int cols) {
    __shared__ float tops[8], sums[8];
    const auto warp = cg::tiled_partition<32>(cg::this_thread_block());
    const float* in = x + (size_t)blockIdx.x * cols;
    const int w = warp.meta_group_rank();
    const bool busy = threadIdx.x < cols;
    if (threadIdx.x < 8) { tops[threadIdx.x] = -INFINITY; sums[threadIdx.x] = 0; }
    __syncthreads();
    const auto part = cg::binary_partition(warp, busy);
    float top = -INFINITY;
    if (busy) {
        for (int c = threadIdx.x; c < cols; c += blockDim.x) top = fmaxf(top, in[c]);
        top = cg::reduce(part, top, cg::greater<float>());
        if (part.thread_rank() == 0) tops[w] = top;
    }
    __syncthreads();
    top = tops[0];
    for (int i = 1; i < 8; ++i) top = fmaxf(top, tops[i]);
    if (busy) {
        float sum = 0;
        for (int c = threadIdx.x; c < cols; c += blockDim.x) sum += expf(in[c] - top);
        sum = cg::reduce(part, sum, cg::plus<float>());
        if (part.thread_rank() == part.size() - 1) sums[w] = sum;
    }
    __syncthreads();
    float sum = 0;
    for (int i = 0; i < 8; ++i) sum += sums[i];
    for (int c = threadIdx.x; c < cols; c += blockDim.x) y[(size_t)blockIdx.x * cols + c] = expf(in[c] - top) / sum;
}

extern "C" void solve(const float* x, float* y, int rows, int cols) { softmax<<<rows, 256>>>(x, y, cols); }
