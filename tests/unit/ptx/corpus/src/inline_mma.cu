// options: -arch=compute_80
// mma, ldmatrix and cp.async as people write them, with comments, blank lines and labels that repeat in their scopes.
__device__ void copy16(unsigned to, const void* from, bool valid) {
    asm volatile("{\n"
                 "  .reg .pred p;\n"
                 "  setp.ne.b32 p, %2, 0;\n"
                 "  @p cp.async.cg.shared.global.L2::128B [%0], [%1], 16;\n"
                 "  @!p st.shared.v4.u32 [%0], {%3, %3, %3, %3}; // zero fill\n"
                 "}\n" ::"r"(to), "l"(from), "r"(static_cast<int>(valid)), "r"(0));
}

__device__ void wait(unsigned flag) {
    asm volatile("{\n"
                 ".reg .pred done;\n"
                 ".reg .b32 seen;\n"
                 "AGAIN:\n"
                 "ld.shared.b32 seen, [%0];\n"
                 "setp.ne.u32 done, seen, 0x0;\n"
                 "@done bra DONE;\n"
                 "bra AGAIN;\n"
                 "DONE:\n"
                 "}" ::"r"(flag));
}

extern "C" __global__ void mma(const uint4* a, const uint4* b, float* c, int n) {
    __shared__ uint4 as[32];
    __shared__ uint4 bs[32];
    __shared__ int flag;
    const unsigned sa = static_cast<unsigned>(__cvta_generic_to_shared(as));
    const unsigned sb = static_cast<unsigned>(__cvta_generic_to_shared(bs));
    copy16(sa + threadIdx.x * 16, a + threadIdx.x, static_cast<int>(threadIdx.x) < n);
    copy16(sb + threadIdx.x * 16, b + threadIdx.x, true);
    asm volatile("cp.async.commit_group;" ::: "memory");
    asm volatile("cp.async.wait_group %0;" ::"n"(0) : "memory");
    flag = 1;
    __syncthreads();
    wait(static_cast<unsigned>(__cvta_generic_to_shared(&flag)));
    unsigned r[4];
    unsigned s[2];
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(sa + threadIdx.x * 16));
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2 + 4 * 8];"
                 : "=r"(s[0]), "=r"(s[1])
                 : "r"(sb + threadIdx.x % 16 * 16));
    float d[4] = {0, 0, 0, 0};
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 "
                 "{%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};\n"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(r[0]), "r"(r[1]), "r"(r[2]), "r"(r[3]), "r"(s[0]), "r"(s[1]));
    int packed;
    asm("{ .reg .pred q; /* both halves */ setp.gt.s32 q|_, %1, 0b11; selp.b32 %0, 017, 0XfU, q; }" : "=r"(packed) : "r"(n));
    asm("lop3.b32 %0, %0, %1, (0xF0 & 0xCC) | ~0xAA & 255, 0x96;" : "+r"(packed) : "r"(n));
    reinterpret_cast<float4*>(c)[threadIdx.x] = make_float4(d[0], d[1], d[2], d[3] + packed);
}
