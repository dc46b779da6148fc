#include <cuda_runtime.h>
#include <math.h>

#define WARP_SIZE 32
#define FULL_MASK 0xffffffffu

// Online softmax: a running maximum and a running sum that is rescaled whenever the maximum grows,
// so the row is read once for the statistics and once for the result.
struct MaxSum {
    float m;  // running maximum
    float s;  // sum of exp(x - m)
};

__device__ __forceinline__ MaxSum combine(MaxSum a, MaxSum b) {
    const bool a_bigger = a.m > b.m;
    MaxSum big = a_bigger ? a : b;
    MaxSum small = a_bigger ? b : a;
    // An empty partial has m = -inf and s = 0: do not compute (-inf) - (-inf).
    if (small.s > 0.0f) {
        big.s += small.s * expf(small.m - big.m);
    }
    return big;
}

__device__ __forceinline__ MaxSum warp_reduce(MaxSum v) {
#pragma unroll
    for (int offset = WARP_SIZE / 2; offset > 0; offset >>= 1) {
        MaxSum other;
        other.m = __shfl_xor_sync(FULL_MASK, v.m, offset);
        other.s = __shfl_xor_sync(FULL_MASK, v.s, offset);
        v = combine(v, other);
    }
    return v;
}

template <int BLOCK>
__global__ void __launch_bounds__(BLOCK)
softmax_online_kernel(const float* __restrict__ x, float* __restrict__ y, int cols) {
    constexpr int NUM_WARPS = BLOCK / WARP_SIZE;
    __shared__ float shared_m[NUM_WARPS];
    __shared__ float shared_s[NUM_WARPS];

    const float* row_in = x + static_cast<size_t>(blockIdx.x) * cols;
    float* row_out = y + static_cast<size_t>(blockIdx.x) * cols;

    MaxSum local{-INFINITY, 0.0f};
    for (int i = threadIdx.x; i < cols; i += BLOCK) {
        float v = row_in[i];
        if (v > local.m) {
            local.s = local.s * expf(local.m - v) + 1.0f;
            local.m = v;
        } else {
            local.s += expf(v - local.m);
        }
    }
    local = warp_reduce(local);

    const int lane = threadIdx.x % WARP_SIZE;
    const int warp = threadIdx.x / WARP_SIZE;
    if (lane == 0) {
        shared_m[warp] = local.m;
        shared_s[warp] = local.s;
    }
    __syncthreads();

    MaxSum total{shared_m[0], shared_s[0]};
#pragma unroll
    for (int w = 1; w < NUM_WARPS; ++w) {
        total = combine(total, MaxSum{shared_m[w], shared_s[w]});
    }

    const float inv = 1.0f / total.s;
    for (int i = threadIdx.x; i < cols; i += BLOCK) {
        row_out[i] = expf(row_in[i] - total.m) * inv;
    }
}

extern "C" void solve(const float* x, float* y, int rows, int cols) {
    if (cols <= 128) {
        softmax_online_kernel<32><<<rows, 32>>>(x, y, cols);
    } else {
        softmax_online_kernel<256><<<rows, 256>>>(x, y, cols);
    }
}
