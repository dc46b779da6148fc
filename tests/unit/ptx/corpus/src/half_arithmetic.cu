// options: -arch=compute_90
// fp16, bf16 and fp8: the headers wrap inline assembly, so each operation comes in a scope of its own.
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_fp8.h>

extern "C" __global__ void halves(const __half2* a, const __half2* b, __half2* c, __half* d) {
    const int i = threadIdx.x;
    __half2 value = __hfma2(a[i], b[i], c[i]);
    value = __hmax2(value, __hmul2(a[i], __float2half2_rn(0.5f)));
    c[i] = __hadd2(value, h2exp(value));
    d[i] = __hlt(__low2half(value), __high2half(value)) ? hsqrt(__low2half(value)) : __float2half(1.0f);
}

extern "C" __global__ void bfloats(const __nv_bfloat162* a, __nv_bfloat16* b, float* c) {
    const int i = threadIdx.x;
    const __nv_bfloat162 twice = __hadd2(a[i], a[i]);
    b[i] = __float2bfloat16(__low2float(twice) + __bfloat162float(b[i]));
    c[i] = __bfloat162float(__hmax(__low2bfloat16(twice), b[i]));
}

extern "C" __global__ void bytes(const float2* a, __nv_fp8x2_e4m3* b, __half2* c) {
    const int i = threadIdx.x;
    b[i] = __nv_fp8x2_e4m3(a[i]);
    c[i] = static_cast<__half2>(b[i]);
}
