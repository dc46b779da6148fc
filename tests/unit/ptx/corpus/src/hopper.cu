// options: -arch=compute_90a
// Bulk copies through a tensor map, barriers of transactions, warp-group products: all by inline assembly.
__device__ void wait_parity(unsigned barrier, unsigned parity) {
    asm volatile("{\n"
                 ".reg .pred P1;\n"
                 "LAB_WAIT:\n"
                 "mbarrier.try_wait.parity.shared::cta.b64 P1, [%0], %1;\n"
                 "@P1 bra DONE;\n"
                 "bra LAB_WAIT;\n"
                 "DONE:\n"
                 "}\n" ::"r"(barrier), "r"(parity));
}

struct __align__(64) TensorMap {
    unsigned long long opaque[16];
};

extern "C" __global__ void __launch_bounds__(128, 1)
    hopper(const __grid_constant__ TensorMap map, float* out, const unsigned long long* descriptors) {
    __shared__ __align__(1024) unsigned char tile[8192];
    __shared__ unsigned long long barrier;
    const unsigned to = static_cast<unsigned>(__cvta_generic_to_shared(tile));
    const unsigned at = static_cast<unsigned>(__cvta_generic_to_shared(&barrier));
    asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;\n" ::"n"(232));
    if (threadIdx.x == 0) {
        asm volatile("prefetch.tensormap [%0];" ::"l"(&map) : "memory");
        asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(at), "r"(1));
        asm volatile("fence.mbarrier_init.release.cluster;");
        asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(at), "r"(8192));
        asm volatile("cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes.L2::cache_hint"
                     " [%0], [%1, {%3, %4}], [%2], %5;" ::"r"(to), "l"(&map), "r"(at), "r"(0),
                     "r"(blockIdx.x * 64), "l"(0x1000000000000000ull)
                     : "memory");
    }
    __syncthreads();
    wait_parity(at, 0);
    wait_parity(at, 0);
    float d[4] = {};
    asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
    asm volatile("{\n"
                 ".reg .pred p;\n"
                 "setp.ne.b32 p, %6, 0;\n"
                 "wgmma.mma_async.sync.aligned.m64n8k16.f32.bf16.bf16 {%0, %1, %2, %3}, %4, %5, p, 1, -1, 0, 1;\n"
                 "}\n"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "l"(descriptors[0]), "l"(descriptors[1]), "r"(1));
    asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
    asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(0) : "memory");
    unsigned elected;
    asm volatile("{\n.reg .b32 lane;\n.reg .pred chosen;\n"
                 "elect.sync lane|chosen, 0xffffffff;\n"
                 "@chosen mov.s32 %0, lane;\n}"
                 : "=r"(elected));
    asm volatile("stmatrix.sync.aligned.m8n8.x2.shared::cta.b16 [%0], {%1, %2};" ::"r"(to), "r"(elected), "r"(1));
    asm volatile("fence.proxy.async.shared::cta;");
    asm volatile("cp.async.bulk.global.shared::cta.bulk_group [%0], [%1], %2;" ::"l"(out), "r"(to), "r"(1024));
    asm volatile("cp.async.bulk.commit_group; cp.async.bulk.wait_group.read 0;");
    asm volatile("griddepcontrol.launch_dependents;");
    asm volatile("barrier.cluster.arrive.relaxed.aligned; barrier.cluster.wait.acquire.aligned;");
    unsigned remote;
    asm volatile("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(remote) : "r"(at), "r"(1));
    out[threadIdx.x] = d[0] + d[1] + d[2] + d[3] + remote;
}
