// Products of halves as exact pairs: hmul2 for the high part, hfma2 for the error, summed in float.
#include <cuda_fp16.h>
#include <cuda_runtime.h>

__global__ void matmul(const __half* a, const __half* b, float* c, int m, int n, int k) {
    const int q = 2 * (blockIdx.x * 16 + threadIdx.x), r = blockIdx.y * 16 + threadIdx.y;
    a += (size_t)blockIdx.z * m * k; b += (size_t)blockIdx.z * k * n; c += (size_t)blockIdx.z * m * n;
    if (r >= m || q >= n) return;
    const bool two = q + 1 < n;
    float s0 = 0, s1 = 0;
    for (int i = 0; i < k; ++i) {
        const __half2 left = __half2half2(a[(size_t)r * k + i]);
        const __half2 right = __halves2half2(b[(size_t)i * n + q], two ? b[(size_t)i * n + q + 1] : __half(0));
        const __half2 high = __hmul2(left, right);
        if (__hisinf(__low2half(high)) || __hisinf(__high2half(high)) || __hbltu2(__habs2(high), __half2half2(__float2half(0.125f)))) {
            s0 = fmaf(__low2float(left), __low2float(right), s0);
            s1 = fmaf(__high2float(left), __high2float(right), s1);
            continue;
        }
        const float2 h = __half22float2(high);
        s0 += h.x + (__low2float(left) * __low2float(right) - h.x);
        s1 += h.y + (__high2float(left) * __high2float(right) - h.y);
    }
    c[(size_t)r * n + q] = s0;
    if (two) c[(size_t)r * n + q + 1] = s1;
}

extern "C" void solve(const __half* a, const __half* b, float* c, int batch, int m, int n, int k) {
    matmul<<<dim3((n + 31) / 32, (m + 15) / 16, batch), dim3(16, 16)>>>(a, b, c, m, n, k);
}
