// Moves int4s, and takes them for floats in registers; each thread has two independent loads in flight.
#include <cuda_runtime.h>

__device__ __forceinline__ int sum_bits(int x, int y) { return __float_as_int(__int_as_float(x) + __int_as_float(y)); }

__device__ __forceinline__ int4 sum_bits(int4 x, int4 y) {
    return make_int4(sum_bits(x.x, y.x), sum_bits(x.y, y.y), sum_bits(x.z, y.z), sum_bits(x.w, y.w));
}

__global__ __launch_bounds__(256, 2) void add(const float* a, const float* b, float* c, int n) {
    const int half = blockDim.x;
    const int first = (blockIdx.x * 2 * half + threadIdx.x) * 4;
    const int second = first + half * 4;
    if (second + 3 < n) {
        const int4 a0 = *reinterpret_cast<const int4*>(a + first), a1 = *reinterpret_cast<const int4*>(a + second);
        const int4 b0 = *reinterpret_cast<const int4*>(b + first), b1 = *reinterpret_cast<const int4*>(b + second);
        *reinterpret_cast<int4*>(c + first) = sum_bits(a0, b0);
        *reinterpret_cast<int4*>(c + second) = sum_bits(a1, b1);
    } else {
        for (int start : {first, second}) {
            for (int k = start; k < min(start + 4, n); ++k) c[k] = a[k] + b[k];
        }
    }
}

extern "C" void solve(const float* a, const float* b, float* c, int n) { add<<<(n + 2047) / 2048, 256>>>(a, b, c, n); }
