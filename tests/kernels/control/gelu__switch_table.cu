// A dense switch with fall-through in a loop: a small interpreter of a program of steps, different for each third element.
#include <cuda_runtime.h>

enum Step { Load, Scale, Erf, PlusOne, Half, TimesX, Distribution, Store, End };

__constant__ const unsigned char programs[3][8] = {
    {Load, Scale, Erf, PlusOne, Half, TimesX, Store, End},
    {Load, Distribution, TimesX, Store, End},
    {Load, Scale, Erf, Half, PlusOne, TimesX, Store, End},
};

__global__ void gelu(const float* x, float* y, int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    const int program = i % 3;
    float v = 0, half = 0.5f, in = 0;
    for (int at = 0;; ++at) {
        switch (programs[program][at]) {
        case Load: in = v = x[i]; break;
        case Scale: v *= 0.70710678118654752f; break;
        case Erf: v = erff(v); break;
        case PlusOne: v = program == 2 ? v + half : v + 1.0f; break;
        case Half: v *= half; break;
        case Distribution: v = normcdff(v); break;
        case TimesX: v *= in; [[fallthrough]];
        case Store: y[i] = v; break;
        case End: return;
        }
    }
}

extern "C" void solve(const float* x, float* y, int n) { gelu<<<(n + 127) / 128, 128>>>(x, y, n); }
