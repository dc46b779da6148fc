// griddepcontrol with a launch attribute, elect.sync, prefetches, an eviction policy for a load, st.async's kin of hints.
#include <cuda_runtime.h>

__global__ void first(const float* x, float* middle, int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) middle[i] = 0.70710678f * x[i];
    asm volatile("griddepcontrol.launch_dependents;");
}

__global__ void second(const float* x, const float* middle, float* y, int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) asm volatile("prefetch.global.L2 [%0];" ::"l"(x + i));
    asm volatile("griddepcontrol.wait;" ::: "memory");
    unsigned leader;
    asm volatile("{ .reg .pred p; elect.sync _|p, 0xffffffff; selp.u32 %0, 1, 0, p; }" : "=r"(leader));
    const float factor = __shfl_sync(0xffffffffu, leader ? 0.5f : 0.0f, __ffs(__ballot_sync(0xffffffffu, leader)) - 1);
    if (i >= n) return;
    float v;
    asm volatile("ld.global.nc.L1::no_allocate.L2::128B.f32 %0, [%1];" : "=f"(v) : "l"(x + i));
    const float e = erff(middle[i]);
    asm volatile("st.global.L1::no_allocate.f32 [%0], %1;" ::"l"(y + i), "f"(factor * v * (1.0f + e)) : "memory");
}

extern "C" void solve(const float* x, float* y, int n) {
    float* middle;
    cudaMalloc(&middle, n * sizeof(float));
    first<<<(n + 127) / 128, 128>>>(x, middle, n);
    cudaLaunchConfig_t config{};
    config.gridDim = dim3((n + 127) / 128);
    config.blockDim = dim3(128);
    cudaLaunchAttribute attribute;
    attribute.id = cudaLaunchAttributeProgrammaticStreamSerialization;
    attribute.val.programmaticStreamSerializationAllowed = 1;
    config.attrs = &attribute;
    config.numAttrs = 1;
    cudaLaunchKernelEx(&config, second, x, (const float*)middle, y, n);
}
