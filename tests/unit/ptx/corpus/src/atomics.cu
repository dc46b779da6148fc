// options: -arch=compute_90
// Atomics of every width and scope; the last lines are what libcu++ emits for orders.
extern "C" __global__ void atomics(int* i, unsigned long long* l, float* f, double* d, unsigned short* s, int n) {
    __shared__ int bins[32];
    bins[threadIdx.x % 32] = 0;
    __syncthreads();
    atomicAdd(&bins[n & 31], 1);
    atomicAdd(i, bins[0]);
    i[1] = atomicCAS(i + 2, 1, 2);
    i[3] = atomicExch(i + 4, n) + atomicInc(reinterpret_cast<unsigned*>(i + 5), 7u);
    atomicMax(l, 5ull);
    atomicAdd(f, 1.5f);
    d[1] = atomicAdd(d, 2.5);
    atomicCAS(s, static_cast<unsigned short>(1), static_cast<unsigned short>(2));
    atomicAdd_block(i + 6, 1);
    atomicAnd_system(i + 7, 3);
    __threadfence_system();
    int seen;
    asm volatile("fence.acq_rel.gpu; atom.add.acquire.cta.s32 %0, [%1], 1;" : "=r"(seen) : "l"(i + 8) : "memory");
    asm volatile("ld.acquire.gpu.b32 %0, [%1];" : "=r"(seen) : "l"(i + 9) : "memory");
    asm volatile("{ .reg .b128 whole; red.release.sys.global.add.s32 [%0], %1; }" ::"l"(i + 10), "r"(seen) : "memory");
    atomicAdd(reinterpret_cast<float4*>(f) + 1, make_float4(1, 2, 3, 4));
}
