// Whole warps leave before a barrier that the others still use; goto, continue and break inside the loops.
#include <cuda_runtime.h>

__global__ void sum(const float* x, float* y, int reduce, int inner) {
    __shared__ float s[96];
    const int t = threadIdx.x;
    const float* from = x + (size_t)(blockIdx.x / inner) * reduce * inner + blockIdx.x % inner;
    if (t >= 32 && t - t % 32 >= reduce) return; // no element for any lane of the warp
    float v = 0;
    int r = t;
next:
    if (r < reduce) {
        v += from[(size_t)r * inner];
        r += blockDim.x;
        goto next;
    }
    s[t] = v;
    __syncthreads();
    if (t != 0) return;
    float all = 0;
    for (int i = 0;; ++i) {
        if (i == 96) break;
        if (i >= 32 && i - i % 32 >= reduce) continue;
        all += s[i];
    }
    y[blockIdx.x] = all;
}

extern "C" void solve(const float* x, float* y, int outer, int reduce, int inner) { sum<<<outer * inner, 96>>>(x, y, reduce, inner); }
