//! launch global_ops grid=2 block=128 threads=2
//! buffer s32 256 small
//! buffer s32 16 zero
//! launch old_values grid=1 block=64
//! buffer s32 64 small
//! buffer s32 8 zero
//! buffer s32 256 zero
//! launch shared_ops grid=2 block=64
//! buffer s32 128 small
//! buffer s32 32 zero
//! launch wide_ops grid=2 block=64 threads=2
//! buffer u64 8 zero
//! launch float_ops grid=1 block=64
//! buffer f32 64 small
//! buffer f32 4 zero
//! buffer f64 4 zero
//! launch cas_loop grid=2 block=64 threads=2 waits
//! buffer f32 128 normal
//! buffer f32 1 zero
//! launch spin_lock grid=4 block=64 threads=2 waits
//! buffer s32 1 zero
//! buffer s32 2 zero
//! launch spin_lock_plain grid=2 block=64 threads=2 waits
//! buffer s32 1 zero
//! buffer s32 2 zero
//! launch half_ops grid=1 block=64
//! buffer f16 2 zero
//! buffer f16 2 zero
//! launch last_block grid=8 block=64 threads=2
//! buffer s32 512 small
//! buffer u32 1 zero
//! buffer s32 8 zero
//! buffer s32 1 zero
//! launch inc_dec grid=1 block=96
//! buffer u32 96 zero
//! buffer u32 2 zero
//! launch chain grid=6 block=32 threads=2 waits
//! buffer s32 6 zero
//! buffer s32 6 zero
//! launch work_queue grid=2 block=32 threads=2 waits
//! buffer u32 1 zero
//! buffer u32 300 zero
#include <cuda_fp16.h>
#define ID (blockIdx.x * blockDim.x + threadIdx.x)
extern "C" __global__ void global_ops(const int* in, int* out) {
    int v = in[ID];
    atomicAdd(out, v); atomicSub(out + 1, v); atomicMin(out + 2, v); atomicMax(out + 3, v);
    atomicAnd(out + 4, v | 3); atomicOr(out + 5, v); atomicXor(out + 6, v);
    atomicAdd(out + 8 + (v & 7), 1);
    atomicMax((unsigned*)out + 7, (unsigned)v);
}
extern "C" __global__ void old_values(const int* in, int* out, int* olds) {
    int v = in[ID];
    olds[ID * 4] = atomicAdd(out, v);
    olds[ID * 4 + 1] = atomicExch(out + 1, v);
    olds[ID * 4 + 2] = atomicCAS(out + 2, v & 1, ID);
    olds[ID * 4 + 3] = atomicMax(out + 3, v);
}
extern "C" __global__ void shared_ops(const int* in, int* out) {
    __shared__ int s[16];
    if (threadIdx.x < 16) s[threadIdx.x] = 0;
    __syncthreads();
    int v = in[ID];
    atomicAdd(&s[v & 7], v); atomicMax(&s[8], v); atomicOr(&s[9], v); atomicXor(&s[10], v * 77); atomicMin(&s[11], v);
    if (v > 0) atomicAdd(&s[12], 1);
    __syncthreads();
    if (threadIdx.x < 16) out[blockIdx.x * 16 + threadIdx.x] = s[threadIdx.x];
}
extern "C" __global__ void wide_ops(unsigned long long* out) {
    unsigned long long i = ID;
    atomicAdd(out, i << 33); atomicMax(out + 1, i * 0x100000001ull); atomicXor(out + 2, i << 40); atomicOr(out + 3, 1ull << (i & 63));
    atomicMin((long long*)out + 4, -(long long)i);
}
extern "C" __global__ void float_ops(const float* in, float* out, double* d) {
    atomicAdd(out + (ID & 3), in[ID]);
    atomicAdd(d + (ID & 1), (double)in[ID] * 0.5);
}
extern "C" __global__ void cas_loop(const float* in, float* out) {
    int* a = (int*)out; int old = *a, assumed;
    do { assumed = old; old = atomicCAS(a, assumed, __float_as_int(fmaxf(in[ID], __int_as_float(assumed)))); } while (assumed != old);
}
extern "C" __global__ void spin_lock(int* lock, int* out) {
    bool done = false;
    while (!done) {
        if (atomicCAS(lock, 0, 1) == 0) {
            __threadfence();
            volatile int* o = out; o[0] = o[0] + 1; o[1] = o[1] * 1 + 2;
            __threadfence();
            atomicExch(lock, 0);
            done = true;
        }
    }
}
extern "C" __global__ void spin_lock_plain(int* lock, int* out) {
    while (atomicCAS(lock, 0, 1) != 0) {}
    __threadfence();
    volatile int* o = out; o[0] = o[0] + 1; o[1] = o[1] + 3;
    __threadfence();
    atomicExch(lock, 0);
}
extern "C" __global__ void half_ops(__half* out, __half2* two) {
    atomicAdd(out + (ID & 1), __float2half(1.0f));
    atomicAdd(two, __floats2half2_rn(0.5f, 0.25f));
}
extern "C" __global__ void last_block(const int* in, unsigned* count, volatile int* part, int* out) {
    __shared__ int s; __shared__ bool last;
    if (threadIdx.x == 0) s = 0;
    __syncthreads();
    atomicAdd(&s, in[ID]);
    __syncthreads();
    if (threadIdx.x == 0) {
        part[blockIdx.x] = s; __threadfence();
        last = atomicInc(count, gridDim.x) == gridDim.x - 1;
    }
    __syncthreads();
    if (last && threadIdx.x == 0) { int t = 0; for (int i = 0; i < gridDim.x; ++i) t += part[i]; *out = t; }
}
extern "C" __global__ void inc_dec(unsigned* out, unsigned* c) {
    out[ID] = atomicInc(c, 10) * 100 + atomicDec(c + 1, 7);
}
extern "C" __global__ void chain(volatile int* flag, int* out) {
    if (threadIdx.x == 0) {
        if (blockIdx.x > 0) while (flag[blockIdx.x - 1] == 0) {}
        __threadfence();
        out[blockIdx.x] = blockIdx.x ? ((volatile int*)out)[blockIdx.x - 1] * 2 + 1 : 1;
        __threadfence();
        flag[blockIdx.x] = 1;
    }
}
extern "C" __global__ void work_queue(unsigned* next, unsigned* out) {
    for (;;) {
        unsigned i = atomicAdd(next, 1);
        if (i >= 300) break;
        out[i] = i * i + 1;
    }
}
