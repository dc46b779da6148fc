// options: -arch=compute_90
struct __align__(16) Quad {
    short values[8];
};

extern "C" __global__ void vectors(const float4* __restrict__ x, float4* y, const Quad* q, uchar4* b, longlong2* l, int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    const float4 v = __ldg(x + i);
    const float4 w = __ldcs(x + i + n);
    y[i] = make_float4(v.x + w.w, v.y * w.z, fmaf(v.z, w.y, 1), v.w - w.x);
    __stcs(y + i + n, v);
    const Quad quad = q[i];
    b[i] = make_uchar4(quad.values[0], quad.values[3], quad.values[5], b[i].x);
    l[i] = make_longlong2(l[i].y, __dp4a(quad.values[1], quad.values[2], n));
    asm volatile("prefetch.global.L2 [%0];" ::"l"(x + i + 2 * n));
    asm volatile("ld.global.L1::no_allocate.L2::256B.v4.f32 {%0, _, _, %1}, [%2+-16];"
                 : "=f"(y[i].x), "=f"(y[i].y)
                 : "l"(x + i));
}
