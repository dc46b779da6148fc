#include <cuda_runtime.h>

constexpr int TILE_X = 32;  // consecutive inner positions: coalesced loads
constexpr int TILE_Y = 8;   // rows of threads that split the reduction

__inline__ __device__ float warpReduceSum(float val) {
    for (int offset = 16; offset > 0; offset /= 2) {
        val += __shfl_down_sync(0xffffffff, val, offset);
    }
    return val;
}

// inner == 1: the reduced dimension is contiguous, so one warp takes one output.
__global__ void sum_contiguous(const float* __restrict__ x, float* __restrict__ y, int outer, int reduce) {
    const int warp = (blockIdx.x * blockDim.x + threadIdx.x) / 32;
    const int lane = threadIdx.x % 32;
    if (warp >= outer) return;
    const float* row = x + (size_t)warp * reduce;
    float acc = 0.0f;
    for (int r = lane; r < reduce; r += 32) {
        acc += row[r];
    }
    acc = warpReduceSum(acc);
    if (lane == 0) {
        y[warp] = acc;
    }
}

// inner > 1: a 32 x 8 block per strip of 32 inner positions, with four independent accumulators per thread.
__global__ void sum_strided(const float* __restrict__ x, float* __restrict__ y, int reduce, int inner, int strips) {
    __shared__ float smem[TILE_Y][TILE_X + 1];
    const int o = blockIdx.x / strips;
    const int i = (blockIdx.x % strips) * TILE_X + threadIdx.x;
    float acc0 = 0.f, acc1 = 0.f, acc2 = 0.f, acc3 = 0.f;
    if (i < inner) {
        const float* base = x + (size_t)o * reduce * inner + i;
        int r = threadIdx.y;
        for (; r + 3 * TILE_Y < reduce; r += 4 * TILE_Y) {
            acc0 += base[(size_t)(r) * inner];
            acc1 += base[(size_t)(r + TILE_Y) * inner];
            acc2 += base[(size_t)(r + 2 * TILE_Y) * inner];
            acc3 += base[(size_t)(r + 3 * TILE_Y) * inner];
        }
        for (; r < reduce; r += TILE_Y) {
            acc0 += base[(size_t)r * inner];
        }
    }
    smem[threadIdx.y][threadIdx.x] = (acc0 + acc1) + (acc2 + acc3);
    __syncthreads();

    if (threadIdx.y == 0 && i < inner) {
        float total = 0.0f;
#pragma unroll
        for (int k = 0; k < TILE_Y; ++k) {
            total += smem[k][threadIdx.x];
        }
        y[(size_t)o * inner + i] = total;
    }
}

extern "C" void solve(const float* x, float* y, int outer, int reduce, int inner) {
    if (inner == 1) {
        const int threads = 128;
        const int blocks = (outer * 32 + threads - 1) / threads;
        sum_contiguous<<<blocks, threads>>>(x, y, outer, reduce);
    } else {
        const int strips = (inner + TILE_X - 1) / TILE_X;
        dim3 block(TILE_X, TILE_Y);
        sum_strided<<<outer * strips, block>>>(x, y, reduce, inner, strips);
    }
}
