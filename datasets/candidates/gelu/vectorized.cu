#include <cuda_runtime.h>
#include <cmath>

namespace {

constexpr int kThreads = 256;
constexpr float kInvSqrt2 = 0.70710678118654752440f;

__device__ __forceinline__ float gelu(float v) {
    return 0.5f * v * (1.0f + erff(v * kInvSqrt2));
}

template <int VEC>
struct alignas(sizeof(float) * VEC) Pack {
    float v[VEC];
};

// Every thread handles one pack of VEC floats; the tail is scalar.
template <int VEC>
__global__ void gelu_vec_kernel(const float* __restrict__ x, float* __restrict__ y, int n) {
    using P = Pack<VEC>;
    const int idx = (blockIdx.x * blockDim.x + threadIdx.x) * VEC;
    if (idx + VEC <= n) {
        P in = *reinterpret_cast<const P*>(x + idx);
        P out;
#pragma unroll
        for (int k = 0; k < VEC; ++k) {
            out.v[k] = gelu(in.v[k]);
        }
        *reinterpret_cast<P*>(y + idx) = out;
    } else {
        for (int i = idx; i < n; ++i) {
            y[i] = gelu(x[i]);
        }
    }
}

}  // namespace

extern "C" void solve(const float* x, float* y, int n) {
    constexpr int kVec = 4;
    const int per_block = kThreads * kVec;
    gelu_vec_kernel<kVec><<<(n + per_block - 1) / per_block, kThreads>>>(x, y, n);
}
