// Each operand as three bfloat16 limbs, packed in pairs, moved through shared memory and put together again.
#include <cuda_bf16.h>
#include <cuda_runtime.h>

struct Limbs {
    __nv_bfloat162 top;
    __nv_bfloat16 rest;
};

__device__ Limbs take_apart(float v) {
    const __nv_bfloat16 a = __float2bfloat16_rz(v);
    const float left = v - __bfloat162float(a);
    const __nv_bfloat16 b = __float2bfloat16_rz(left);
    return {__halves2bfloat162(a, b), __float2bfloat16_rn(left - __bfloat162float(b))};
}

__device__ float put_together(const Limbs& l) {
    const float2 top = __bfloat1622float2(l.top);
    return (__bfloat162float(l.rest) + top.y) + top.x;
}

__global__ void add(const float* a, const float* b, float* c, int n) {
    __shared__ Limbs limbs[2][128];
    const int i = blockIdx.x * 128 + threadIdx.x, far = 127 - threadIdx.x, j = blockIdx.x * 128 + far;
    if (i < n) {
        limbs[0][threadIdx.x] = take_apart(a[i]);
        limbs[1][threadIdx.x] = take_apart(b[i]);
    }
    __syncthreads();
    if (j < n) {
        const bool tiny = fabsf(a[j]) < 1e-30f || fabsf(b[j]) < 1e-30f || !isfinite(a[j]) || !isfinite(b[j]);
        c[j] = tiny ? a[j] + b[j] : put_together(limbs[0][far]) + put_together(limbs[1][far]);
    }
}

extern "C" void solve(const float* a, const float* b, float* c, int n) { add<<<(n + 127) / 128, 128>>>(a, b, c, n); }
