// Decoupled look-back: state and sum of a tile in one 64-bit word, published and polled without a fence.
#include <cuda_runtime.h>

constexpr int kTile = 256;
constexpr unsigned long long kPart = 1ull << 32, kWhole = 2ull << 32;

__global__ void scan(const float* x, float* y, int n, unsigned long long* tiles, int* ticket) {
    __shared__ float s[kTile];
    __shared__ float before;
    __shared__ int tile;
    if (threadIdx.x == 0) tile = atomicAdd(ticket, 1);
    __syncthreads();
    const int t = threadIdx.x, i = tile * kTile + t;
    s[t] = i < n ? x[i] : 0.0f;
    __syncthreads();
    for (int d = 1; d < kTile; d *= 2) {
        const float left = t >= d ? s[t - d] : 0.0f;
        __syncthreads();
        s[t] += left;
        __syncthreads();
    }
    if (t == 0) {
        const float own = s[kTile - 1];
        float sum = 0;
        if (tile > 0) {
            atomicExch(&tiles[tile], kPart | __float_as_uint(own));
            for (int p = tile - 1;; --p) {
                unsigned long long word;
                do word = *(volatile unsigned long long*)&tiles[p];
                while (word >> 32 == 0);
                sum += __uint_as_float((unsigned)word);
                if (word & kWhole) break;
            }
        }
        atomicExch(&tiles[tile], kWhole | __float_as_uint(sum + own));
        before = sum;
    }
    __syncthreads();
    if (i < n) y[i] = before + s[t];
}

extern "C" void solve(const float* x, float* y, int n) {
    const int tiles = (n + kTile - 1) / kTile;
    unsigned long long* words;
    cudaMalloc(&words, (tiles + 1) * sizeof(unsigned long long));
    cudaMemset(words, 0, (tiles + 1) * sizeof(unsigned long long));
    scan<<<tiles, kTile>>>(x, y, n, words, (int*)(words + tiles));
}
