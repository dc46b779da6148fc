// Vectors of four where the three arrays allow it, a scalar tail behind them.
#include <cuda_runtime.h>

__global__ void add4(const float4* __restrict__ a, const float4* __restrict__ b, float4* __restrict__ c, int quads) {
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < quads; i += gridDim.x * blockDim.x) {
        const float4 x = __ldg(a + i);
        const float4 y = __ldcg(b + i);
        __stcs(c + i, make_float4(x.x + y.x, x.y + y.y, x.z + y.z, x.w + y.w));
    }
}

__global__ void add1(const float* a, const float* b, float* c, int from, int n) {
    const int i = from + threadIdx.x;
    if (i < n) c[i] = __ldcs(a + i) + __ldlu(b + i);
}

extern "C" void solve(const float* a, const float* b, float* c, int n) {
    const int quads = n / 4;
    if (quads > 0) {
        const int blocks = min((quads + 127) / 128, 64);
        add4<<<blocks, 128>>>((const float4*)a, (const float4*)b, (float4*)c, quads);
    }
    if (n % 4 != 0) add1<<<1, 32>>>(a, b, c, quads * 4, n);
}
