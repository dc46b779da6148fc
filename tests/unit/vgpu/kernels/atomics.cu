// Atomics of every operation and type that CUDA C++ reaches.
#include <cuda_fp16.h>
#include <cuda_bf16.h>

extern "C" __global__ void histogram(const unsigned char* in, int n, unsigned* bins) {
    __shared__ unsigned local[256];
    for (int i = threadIdx.x; i < 256; i += blockDim.x) {
        local[i] = 0;
    }
    __syncthreads();
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
        atomicAdd(&local[in[i]], 1u);
    }
    __syncthreads();
    for (int i = threadIdx.x; i < 256; i += blockDim.x) {
        atomicAdd(&bins[i], local[i]);
    }
}

extern "C" __global__ void integers(int* s, unsigned* u, unsigned long long* w, int* old) {
    const int i = threadIdx.x;
    old[i] = atomicAdd(&s[0], i);
    atomicSub(&s[1], 2);
    atomicMin(&s[2], 50 - i);
    atomicMax(&s[3], i * 3);
    atomicAnd(&u[0], ~(1u << i));
    atomicOr(&u[1], 1u << i);
    atomicXor(&u[2], i * 0x01010101u);
    atomicInc(&u[3], 9u);
    atomicDec(&u[4], 6u);
    old[32 + i] = (int)atomicExch(&u[5], (unsigned)i);
    old[64 + i] = (int)atomicCAS(&u[6], (unsigned)i, (unsigned)i + 1);
    atomicMin(&u[7], 0x80000000u + i);
    atomicAdd(&w[0], 1ull << 40);
    atomicMax(&w[1], (unsigned long long)i << 33);
    atomicCAS(&w[2], 0ull, 77ull);
    atomicExch(&w[3], 1ull << 63);
}

extern "C" __global__ void floats(float* f, double* d, __half2* h, __nv_bfloat162* b, __half* h1) {
    atomicAdd(&f[0], 0.5f);
    atomicAdd(&d[0], 0.25);
    atomicAdd(h, __floats2half2_rn(1.0f, -0.5f));
    atomicAdd(b, __floats2bfloat162_rn(0.5f, 2.0f));
    atomicAdd(h1, __float2half(2.0f));
    atomicAdd((float2*)(f + 2), make_float2(1.0f, 2.0f));
}
