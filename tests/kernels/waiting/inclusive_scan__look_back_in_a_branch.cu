// Look-back whose polling sits in a branch inside the loop, with continue and an inner wait of all lanes by a vote.
#include <cuda_runtime.h>

__device__ float wait_for(volatile unsigned long long* words, int p, unsigned& state) {
    unsigned long long w = words[p];
    while ((unsigned)(w >> 32) == 0) w = words[p];
    state = (unsigned)(w >> 32);
    return __uint_as_float((unsigned)w);
}

__global__ void scan(const float* x, float* y, int n, unsigned long long* words) {
    const int lane = threadIdx.x, tile = blockIdx.x, i = tile * 32 + lane;
    float v = i < n ? x[i] : 0.0f;
    for (int d = 1; d < 32; d *= 2) {
        const float left = __shfl_up_sync(~0u, v, d);
        if (lane >= d) v += left;
    }
    const float total = __shfl_sync(~0u, v, 31);
    if (lane == 31) atomicExch(&words[tile], (tile == 0 ? 2ull : 1ull) << 32 | __float_as_uint(total));
    float before = 0;
    int last = tile - 1;
    while (last >= 0) {
        const int p = last - lane;
        unsigned state = 2;
        float value = 0;
        if (p >= 0) {
            if (lane % 3 == 0) {
                value = wait_for(words, p, state);
            } else {
                for (;;) {
                    const unsigned long long w = *(volatile unsigned long long*)&words[p];
                    if (!(w >> 32)) continue;
                    state = (unsigned)(w >> 32);
                    value = __uint_as_float((unsigned)w);
                    break;
                }
            }
        }
        const unsigned whole = __ballot_sync(~0u, state == 2);
        const int stop = whole ? __ffs(whole) - 1 : 31;
        if (lane > stop) value = 0;
        for (int d = 16; d; d /= 2) value += __shfl_down_sync(~0u, value, d);
        before += __shfl_sync(~0u, value, 0);
        if (whole) break;
        last -= 32;
    }
    if (lane == 0 && tile > 0) atomicExch(&words[tile], 2ull << 32 | __float_as_uint(before + total));
    if (i < n) y[i] = before + v;
}

extern "C" void solve(const float* x, float* y, int n) {
    const int tiles = (n + 31) / 32;
    unsigned long long* words;
    cudaMalloc(&words, tiles * sizeof(unsigned long long));
    cudaMemset(words, 0, tiles * sizeof(unsigned long long));
    scan<<<tiles, 32>>>(x, y, n, words);
}
