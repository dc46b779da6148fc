// Objects made on the device, called through a base class: an indirect call for each element.
#include <cuda_runtime.h>

struct Activation {
    __device__ virtual float operator()(float x) const = 0;
};
struct Exact final : Activation {
    __device__ float operator()(float x) const override { return 0.5f * x * (1.0f + erff(x * 0.70710678f)); }
};
struct ByDistribution final : Activation {
    float scale;
    __device__ explicit ByDistribution(float s) : scale(s) {}
    __device__ float operator()(float x) const override { return x * normcdff(x * scale); }
};

__device__ __noinline__ float apply(const Activation& f, float x) { return f(x); }

__global__ void gelu(const float* x, float* y, int n) {
    const Exact exact;
    const ByDistribution other(1.0f);
    const Activation* which[2] = {&exact, &other};
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) y[i] = apply(*which[i & 1], x[i]);
}

extern "C" void solve(const float* x, float* y, int n) { gelu<<<8, 64>>>(x, y, n); }
