// options: -arch=compute_80
// Packed integer instructions, carries, clocks and special registers.
extern "C" __global__ void packed(const unsigned* a, unsigned* b, long long* c, int n) {
    const unsigned x = a[threadIdx.x];
    const unsigned y = a[threadIdx.x + 1];
    b[0] = __vadd4(x, y) + __vmaxs2(x, y) + __byte_perm(x, y, 0x5410) + __funnelshift_l(x, y, n) + __usad(x, y, 7);
    unsigned low;
    unsigned high;
    asm("add.cc.u32 %0, %2, %3;\n\taddc.u32 %1, 0, 0;" : "=r"(low), "=r"(high) : "r"(x), "r"(y));
    b[1] = low + high;
    asm("vadd.u32.u32.u32.sat %0, %1.b0, %2.h1;" : "=r"(b[2]) : "r"(x), "r"(y));
    asm("bfe.u32 %0, %1, 4, WARP_SZ-1;" : "=r"(b[3]) : "r"(x));
    asm("mov.u32 %0, %%lanemask_lt; " : "=r"(b[4]));
    asm("{.reg .v2 .b32 v; mov.b64 {%0, v.x}, %2; mov.b32 %1, v.x;}" : "=r"(b[5]), "=r"(b[6]) : "l"(c[1]));
    c[0] = clock64();
}
