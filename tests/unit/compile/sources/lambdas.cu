#include <cuda_runtime.h>
#include <cmath>

template <typename F>
__global__ void map_kernel(const float* in, float* out, int n, F f) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) out[i] = f(in[i]);
}
template <typename F>
void map(const float* in, float* out, int n, F f) {
    map_kernel<<<(n + 255) / 256, 256>>>(in, out, n, f);
}
struct Scale {
    float s;
    __host__ __device__ float operator()(float v) const { return v * s; }
};
extern "C" void solve(const float* in, float* out, int n, float slope) {
    map(in, out, n, [=] __device__(float x) { return x > 0 ? x : slope * x; });
    map(out, out, n, [slope] __host__ __device__(float x) -> float { return x + slope; });
    map(out, out, n, Scale{slope});
    auto host_only = [&](int a) { return a * n; };
    if (host_only(2) > 0) map(out, out, n, [] __device__(float x) { return ::fabsf(x) + std::sqrt(x * x); });
}
