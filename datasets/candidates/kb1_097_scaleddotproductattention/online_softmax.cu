#include <cuda_runtime.h>

// A warp for each query, keys one after the other with an online softmax; the width in chunks of 32 lanes.
constexpr int CHUNKS = 32; // up to a width of 1024

__global__ void attention(const float* __restrict__ q, const float* __restrict__ k, const float* __restrict__ v,
                          float* __restrict__ y, int length, int width, long long queries) {
    const long long query = ((long long)blockIdx.x * blockDim.x + threadIdx.x) / 32;
    const int lane = threadIdx.x % 32;
    if (query >= queries) return;
    const size_t head = (size_t)(query / length) * length * width;
    float own[CHUNKS], acc[CHUNKS];
#pragma unroll
    for (int c = 0; c < CHUNKS; ++c) {
        const int i = c * 32 + lane;
        own[c] = i < width ? q[(size_t)query * width + i] : 0.f;
        acc[c] = 0.f;
    }
    const float scale = rsqrtf((float)width);
    float largest = -INFINITY, sum = 0.f;
    for (int key = 0; key < length; ++key) {
        float score = 0.f;
#pragma unroll
        for (int c = 0; c < CHUNKS; ++c) {
            const int i = c * 32 + lane;
            if (i < width) score += own[c] * k[head + (size_t)key * width + i];
        }
        for (int offset = 16; offset > 0; offset >>= 1) score += __shfl_xor_sync(0xffffffff, score, offset);
        score *= scale;
        const float next = fmaxf(largest, score);
        const float shrink = largest == -INFINITY ? 0.f : expf(largest - next);
        const float weight = expf(score - next);
        sum = sum * shrink + weight;
#pragma unroll
        for (int c = 0; c < CHUNKS; ++c) {
            const int i = c * 32 + lane;
            if (i < width) acc[c] = acc[c] * shrink + weight * v[head + (size_t)key * width + i];
        }
        largest = next;
    }
#pragma unroll
    for (int c = 0; c < CHUNKS; ++c) {
        const int i = c * 32 + lane;
        if (i < width) y[(size_t)query * width + i] = acc[c] / sum;
    }
}

extern "C" void solve(const float* q, const float* k, const float* v, float* y, int batch, int heads, int length, int width) {
    const long long queries = (long long)batch * heads * length;
    attention<<<(int)((queries + 3) / 4), 128>>>(q, k, v, y, length, width, queries);
}
