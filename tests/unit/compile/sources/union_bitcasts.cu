#include <cuda_runtime.h>
#include <stdint.h>

union Pack {
    uint4 v;
    float f[4];
    uint8_t b[16];
};
typedef unsigned long long ull;
__device__ __inline__ ull pack(float a, float b) {
    ull r;
    asm("mov.b64 %0, {%1, %2};" : "=l"(r) : "f"(a), "f"(b));
    return r;
}
__global__ void shuffle_bytes(const uint4* in, uint4* out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    Pack p;
    p.v = in[i];
    for (int k = 0; k < 8; ++k) {
        uint8_t t = p.b[k];
        p.b[k] = p.b[15 - k];
        p.b[15 - k] = t;
    }
    p.v.x = __byte_perm(p.v.x, p.v.y, 0x3210) ^ __brev(p.v.z) ^ __clz(p.v.w);
    p.v.y = __funnelshift_l(p.v.x, p.v.y, 7) + __umulhi(p.v.x, p.v.z) + __dp4a((int)p.v.x, (int)p.v.y, 0);
    ull w = pack(p.f[0], p.f[1]) + __double_as_longlong((double)p.f[2]) + clock64();
    out[i] = make_uint4(p.v.x, p.v.y, (unsigned)w, (unsigned)(w >> 32));
}
extern "C" void solve(const void* in, void* out, int n) {
    shuffle_bytes<<<(n + 127) / 128, 128>>>(static_cast<const uint4*>(in), static_cast<uint4*>(out), n);
}
