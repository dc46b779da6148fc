#include <cuda_runtime.h>
#include <cstdint>

enum class Activation : uint8_t { None, ReLU, SiLU };
constexpr int kThreads = 128;
constexpr int ceil_div(int a, int b) { return (a + b - 1) / b; }
inline constexpr float kAlpha = 0.01f;
const int TILE = 32;
static const float kTable[4] = {0.f, 0.25f, 0.5f, 1.f};
typedef struct { int m, n; } Shape;
namespace {
constexpr bool is_pow2(int x) { return (x & (x - 1)) == 0; }
static_assert(is_pow2(kThreads));
}  // namespace

template <Activation A> __device__ inline float activate(float x) {
    if constexpr (A == Activation::ReLU) return fmaxf(x, 0.f);
    else if constexpr (A == Activation::SiLU) return x / (1.f + __expf(-x));
    else return x;
}
template <Activation A> __global__ void apply(const float* __restrict__ x, float* __restrict__ y, Shape shape) {
    const int i = blockIdx.x * kThreads + threadIdx.x;
    if (i < shape.m * shape.n) y[i] = activate<A>(x[i]) * kTable[i & 3] + kAlpha * TILE;
}
using Kernel = void (*)(const float*, float*, Shape);

extern "C" void solve(const float* x, float* y, int m, int n, int mode) {
    Shape shape{m, n};
    Kernel kernel = nullptr;
    switch (static_cast<Activation>(mode)) {
    case Activation::ReLU: kernel = apply<Activation::ReLU>; break;
    case Activation::SiLU: kernel = apply<Activation::SiLU>; break;
    default: kernel = apply<Activation::None>; break;
    }
    kernel<<<ceil_div(m * n, kThreads), kThreads>>>(x, y, shape);
}
