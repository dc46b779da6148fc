// The bin's digits to base 16 as e4m3 numbers and back: small integers are exact there. Pairs by the x2 conversions.
#include <cuda_fp16.h>
#include <cuda_fp8.h>
#include <cuda_runtime.h>

__global__ void count(const int* x, int* counts, int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    const int v = x[i];
    const __nv_fp8x2_storage_t low =
        __nv_cvt_float2_to_fp8x2(make_float2(v & 15, v >> 4 & 15), __NV_SATFINITE, __NV_E4M3);
    const __nv_fp8_e4m3 third((float)(v >> 8 & 15));
    const __nv_fp8_e5m2 fourth((float)(v >> 12 & 7));
    const __half2 back = __half2(__nv_cvt_fp8x2_to_halfraw2(low, __NV_E4M3));
    const int bin = (int)__low2float(back) + 16 * (int)__high2float(back) + 256 * (int)(float)third + 4096 * (int)(float)fourth;
    atomicAdd(&counts[bin], 1);
}

extern "C" void solve(const int* x, int* counts, int n, int bins) {
    cudaMemset(counts, 0, bins * sizeof(int));
    count<<<(n + 127) / 128, 128>>>(x, counts, n);
}
