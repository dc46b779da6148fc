//! launch prints grid=1 block=3
//! buffer s32 3 small
//! launch heap grid=1 block=8
//! buffer s32 8 small
//! buffer s32 8 zero
//! launch functions grid=2 block=64
//! buffer s32 128 small
//! buffer s32 128 zero
//! launch asserts grid=1 block=32 faults
//! buffer s32 32 small
//! launch traps grid=1 block=32 faults
//! buffer s32 32 small
//! launch out_of_bounds grid=1 block=64 faults
//! buffer s32 64 small
//! value u64 0x100000000000
//! launch shared_out_of_bounds grid=1 block=64 faults
//! buffer s32 64 small
//! value s32 70000
//! launch misaligned grid=1 block=32 faults
//! buffer u8 256 bits
//! value s32 2
//! launch null_store grid=1 block=32 faults
//! value u64 0
//! launch deadlock grid=1 block=64 faults
//! buffer s32 64 small
extern "C" __device__ void __assertfail(const char*, const char*, unsigned, const char*, unsigned long);
#define assert(x) ((x) ? (void)0 : __assertfail(#x, "host_calls.cu", __LINE__, __func__, 1))
#define ID (blockIdx.x * blockDim.x + threadIdx.x)
extern "C" __global__ void prints(const int* in) { printf("thread %d has %d, %s %5.2f\n", threadIdx.x, in[ID], "text", in[ID] * 0.25); }
extern "C" __global__ void heap(const int* in, int* out) {
    int* p = (int*)malloc(16);
    p[0] = in[ID]; p[1] = 3;
    out[ID] = p[0] * p[1];
    free(p);
}
__device__ __noinline__ int helper(int a, int b) { if (a > 0) return a * b; return b - a; }
__device__ __noinline__ float2 pair(float x, int k) { for (int i = 0; i < k; ++i) x = x * 0.5f + i; return make_float2(x, x * 2); }
extern "C" __global__ void functions(const int* in, int* out) {
    int v = in[ID];
    float2 p = pair(v, v & 3);
    if (v != 0) v = helper(v, threadIdx.x) + helper(threadIdx.x, v);
    out[ID] = v + (int)(p.x + p.y);
}
extern "C" __global__ void asserts(const int* in) { assert(in[ID] < 5); }
extern "C" __global__ void traps(const int* in) { if (in[ID] == 7) __trap(); }
extern "C" __global__ void out_of_bounds(const int* in, unsigned long long far) { if (threadIdx.x == 33) *(int*)((char*)in + far) = 1; }
extern "C" __global__ void shared_out_of_bounds(const int* in, int k) { __shared__ volatile int s[64]; s[threadIdx.x] = in[ID]; __syncthreads(); if (threadIdx.x == 5) s[k] = 1; }
extern "C" __global__ void misaligned(const unsigned char* in, int k) { *(int*)(in + k + (threadIdx.x & 0)) = 5; }
extern "C" __global__ void null_store(int* p) { p[threadIdx.x] = 3; }
extern "C" __global__ void deadlock(const int* in) { if (threadIdx.x < 32) asm volatile("bar.sync 1, 64;"); }
