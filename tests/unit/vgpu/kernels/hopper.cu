// What compute capability 9.0 adds: clusters, barriers in memory, copies of blocks and tensors, products of warpgroups.
// -arch=compute_90a
#include <cooperative_groups.h>
#include <cuda.h>
#include <cuda_fp16.h>

namespace cg = cooperative_groups;

__device__ unsigned shared_address(const void* pointer) {
    return static_cast<unsigned>(__cvta_generic_to_shared(pointer));
}

__device__ void init(unsigned long long* barrier, unsigned count) {
    asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(shared_address(barrier)), "r"(count));
}

__device__ void expect(unsigned long long* barrier, unsigned bytes) {
    asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(shared_address(barrier)), "r"(bytes));
}

__device__ void arrive(unsigned long long* barrier) {
    asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(shared_address(barrier)));
}

__device__ void wait(unsigned long long* barrier, unsigned parity) {
    asm volatile("{\n"
                 ".reg .pred done;\n"
                 "again:\n"
                 "mbarrier.try_wait.parity.shared::cta.b64 done, [%0], %1;\n"
                 "@done bra over;\n"
                 "bra again;\n"
                 "over:\n"
                 "}" ::"r"(shared_address(barrier)), "r"(parity));
}

// Each block sums its part; rank 0 sums what the others have in their shared memory.
extern "C" __global__ void cluster_sum(const int* x, int* y) {
    __shared__ int part;
    cg::cluster_group cluster = cg::this_cluster();
    if (threadIdx.x == 0) {
        part = 0;
    }
    __syncthreads();
    atomicAdd(&part, x[blockIdx.x * blockDim.x + threadIdx.x]);
    cluster.sync();
    if (cluster.block_rank() == 0 && threadIdx.x == 0) {
        int sum = 0;
        for (unsigned rank = 0; rank < cluster.num_blocks(); ++rank) {
            sum += *cluster.map_shared_rank(&part, rank);
        }
        y[blockIdx.x / cluster.num_blocks()] = sum;
    }
    cluster.sync();
}

// Every thread of a block adds to the counter of the next block of its cluster, and waits on a remote arrival.
extern "C" __global__ void cluster_ring(unsigned* y) {
    __shared__ unsigned counter;
    __shared__ alignas(8) unsigned long long barrier;
    cg::cluster_group cluster = cg::this_cluster();
    const unsigned next = (cluster.block_rank() + 1) % cluster.num_blocks();
    if (threadIdx.x == 0) {
        counter = 0;
        init(&barrier, blockDim.x);
    }
    cluster.sync();
    unsigned remote_counter, remote_barrier;
    asm volatile("mapa.shared::cluster.u32 %0, %1, %2;"
                 : "=r"(remote_counter)
                 : "r"(shared_address(&counter)), "r"(next));
    asm volatile("mapa.shared::cluster.u32 %0, %1, %2;"
                 : "=r"(remote_barrier)
                 : "r"(shared_address(&barrier)), "r"(next));
    asm volatile("red.relaxed.cluster.shared::cluster.add.u32 [%0], %1;" ::"r"(remote_counter), "r"(threadIdx.x + 1));
    asm volatile("mbarrier.arrive.release.cluster.shared::cluster.b64 _, [%0];" ::"r"(remote_barrier));
    wait(&barrier, 0);
    if (threadIdx.x == 0) {
        y[blockIdx.x] = counter + 1000 * cluster.block_rank();
    }
    cluster.sync();
}

// 1024 floats through shared memory: in by a bulk copy that an mbarrier hears of, doubled, out by another.
extern "C" __global__ void bulk_double(const float* x, float* y) {
    __shared__ alignas(128) float tile[1024];
    __shared__ alignas(8) unsigned long long barrier;
    if (threadIdx.x == 0) {
        init(&barrier, 1);
        asm volatile("fence.mbarrier_init.release.cluster;");
    }
    __syncthreads();
    if (threadIdx.x == 0) {
        expect(&barrier, sizeof(tile));
        asm volatile(
            "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];" ::"r"(
                shared_address(tile)),
            "l"(x + blockIdx.x * 1024), "r"((unsigned)sizeof(tile)), "r"(shared_address(&barrier))
            : "memory");
    }
    wait(&barrier, 0);
    for (int i = threadIdx.x; i < 1024; i += blockDim.x) {
        tile[i] *= 2;
    }
    asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
    __syncthreads();
    if (threadIdx.x == 0) {
        asm volatile("cp.async.bulk.global.shared::cta.bulk_group [%0], [%1], %2;" ::"l"(y + blockIdx.x * 1024),
                     "r"(shared_address(tile)), "r"((unsigned)sizeof(tile))
                     : "memory");
        asm volatile("cp.async.bulk.commit_group;");
        asm volatile("cp.async.bulk.wait_group.read 0;" ::: "memory");
    }
}

// A box of a matrix into shared memory as it lies there, and back into another matrix, which it is added to.
extern "C" __global__ void tensor_box(const __grid_constant__ CUtensorMap from, const __grid_constant__ CUtensorMap to,
                                      int column, int row, float* raw, int bytes) {
    extern __shared__ __align__(1024) float box[];
    __shared__ alignas(8) unsigned long long barrier;
    if (threadIdx.x == 0) {
        init(&barrier, 1);
        asm volatile("prefetch.tensormap [%0];" ::"l"(&from));
        expect(&barrier, bytes);
        asm volatile("cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1, {%2, %3}], "
                     "[%4];" ::"r"(shared_address(box)),
                     "l"(&from), "r"(column), "r"(row), "r"(shared_address(&barrier))
                     : "memory");
    }
    __syncthreads();
    wait(&barrier, 0);
    for (int i = threadIdx.x; i < bytes / 4; i += blockDim.x) {
        raw[i] = box[i];
    }
    __syncthreads();
    if (threadIdx.x == 0) {
        asm volatile("cp.reduce.async.bulk.tensor.2d.global.shared::cta.add.bulk_group [%0, {%1, %2}], [%3];" ::"l"(&to),
                     "r"(column), "r"(row), "r"(shared_address(box))
                     : "memory");
        asm volatile("cp.async.bulk.commit_group;");
        asm volatile("cp.async.bulk.wait_group 0;");
    }
}

// Rank 0 reads for all blocks of the cluster.
extern "C" __global__ void multicast(const float* x, float* y) {
    __shared__ alignas(128) float tile[32];
    __shared__ alignas(8) unsigned long long barrier;
    cg::cluster_group cluster = cg::this_cluster();
    if (threadIdx.x == 0) {
        init(&barrier, 1);
        expect(&barrier, sizeof(tile));
    }
    cluster.sync();
    if (cluster.block_rank() == 0 && threadIdx.x == 0) {
        const unsigned short everyone = (1u << cluster.num_blocks()) - 1;
        asm volatile("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes.multicast::cluster [%0], [%1], %2, "
                     "[%3], %4;" ::"r"(shared_address(tile)),
                     "l"(x), "r"((unsigned)sizeof(tile)), "r"(shared_address(&barrier)), "h"(everyone)
                     : "memory");
    }
    wait(&barrier, 0);
    y[blockIdx.x * 32 + threadIdx.x] = tile[threadIdx.x] + cluster.block_rank();
    cluster.sync();
}

__device__ unsigned long long descriptor(const void* start, unsigned leading, unsigned stride, unsigned mode) {
    return ((unsigned long long)(shared_address(start) & 0x3ffff) >> 4) | (unsigned long long)(leading >> 4) << 16 |
           (unsigned long long)(stride >> 4) << 32 | (unsigned long long)mode << 62;
}

// C (64 x 32) = A (64 x k) B (k x 32), A row-major, B column-major, in steps of 64 of k that a producer warp brings by
// tensor copies with a swizzle of 128 bytes while a warpgroup multiplies: two stages, full and empty barriers.
extern "C" __global__ void __launch_bounds__(160) pipeline(const __grid_constant__ CUtensorMap a,
                                                           const __grid_constant__ CUtensorMap b, float* c, int k) {
    __shared__ alignas(1024) __half tile_a[2][64 * 64];
    __shared__ alignas(1024) __half tile_b[2][32 * 64];
    __shared__ alignas(8) unsigned long long full[2], empty[2];
    if (threadIdx.x == 0) {
        for (int i = 0; i < 2; ++i) {
            init(&full[i], 1);
            init(&empty[i], 128);
        }
    }
    __syncthreads();
    const int steps = k / 64;
    if (threadIdx.x >= 128) { // the producer
        asm volatile("setmaxnreg.dec.sync.aligned.u32 24;");
        if (threadIdx.x == 128) {
            for (int i = 0; i < steps; ++i) {
                const int stage = i % 2;
                if (i >= 2) {
                    wait(&empty[stage], (i / 2 + 1) % 2);
                }
                expect(&full[stage], (64 + 32) * 64 * 2);
                asm volatile("cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1, {%2, "
                             "%3}], [%4];" ::"r"(shared_address(tile_a[stage])),
                             "l"(&a), "r"(i * 64), "r"(0), "r"(shared_address(&full[stage]))
                             : "memory");
                asm volatile("cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1, {%2, "
                             "%3}], [%4];" ::"r"(shared_address(tile_b[stage])),
                             "l"(&b), "r"(i * 64), "r"(0), "r"(shared_address(&full[stage]))
                             : "memory");
            }
        }
        return;
    }
    asm volatile("setmaxnreg.inc.sync.aligned.u32 240;");
    float d[16] = {};
    for (int i = 0; i < steps; ++i) {
        const int stage = i % 2;
        wait(&full[stage], i / 2 % 2);
        asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
        for (int step = 0; step < 4; ++step) {
            const unsigned long long of_a = descriptor(tile_a[stage] + step * 16, 16, 1024, 1);
            const unsigned long long of_b = descriptor(tile_b[stage] + step * 16, 16, 1024, 1);
            asm volatile(
                "{\n"
                ".reg .pred p;\n"
                "setp.ne.b32 p, %18, 0;\n"
                "wgmma.mma_async.sync.aligned.m64n32k16.f32.f16.f16 {%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, "
                "%12, %13, %14, %15}, %16, %17, p, 1, 1, 0, 0;\n"
                "}"
                : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]), "+f"(d[4]), "+f"(d[5]), "+f"(d[6]), "+f"(d[7]),
                  "+f"(d[8]), "+f"(d[9]), "+f"(d[10]), "+f"(d[11]), "+f"(d[12]), "+f"(d[13]), "+f"(d[14]), "+f"(d[15])
                : "l"(of_a), "l"(of_b), "r"(1));
        }
        asm volatile("wgmma.commit_group.sync.aligned;");
        asm volatile("wgmma.wait_group.sync.aligned 0;" ::: "memory");
        arrive(&empty[stage]);
    }
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    for (int i = 0; i < 16; ++i) {
        const int row = warp * 16 + lane / 4 + i / 2 % 2 * 8;
        const int column = i / 4 * 8 + lane % 4 * 2 + i % 2;
        c[row * 32 + column] = d[i];
    }
}

// C (64 x 8) = -A (64 x 16) B (16 x 8) + 1 from shared memory without a swizzle: A with m contiguous or k contiguous, and B
// with n or k contiguous, as the caller has laid them out; `in_registers`: A in registers.
template <int TransA, int TransB, bool InRegisters>
__device__ void product(const __half* a, const __half* b, unsigned lead_a, unsigned stride_a, unsigned lead_b,
                        unsigned stride_b, float* c) {
    __shared__ alignas(128) __half shared_a[64 * 16];
    __shared__ alignas(128) __half shared_b[16 * 8];
    for (int i = threadIdx.x; i < 64 * 16; i += blockDim.x) {
        shared_a[i] = a[i];
    }
    for (int i = threadIdx.x; i < 16 * 8; i += blockDim.x) {
        shared_b[i] = b[i];
    }
    __syncthreads();
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    float d[4] = {1, 1, 1, 1};
    asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
    const unsigned long long of_b = descriptor(shared_b, lead_b, stride_b, 0);
    if constexpr (InRegisters) { // a is row-major
        unsigned r[4];
        for (int i = 0; i < 4; ++i) {
            const int row = warp * 16 + lane / 4 + i % 2 * 8, column = lane % 4 * 2 + i / 2 * 8;
            r[i] = *reinterpret_cast<const unsigned*>(&shared_a[row * 16 + column]);
        }
        asm volatile("{\n"
                     ".reg .pred p;\n"
                     "setp.eq.b32 p, 0, 0;\n"
                     "wgmma.mma_async.sync.aligned.m64n8k16.f32.f16.f16 {%0, %1, %2, %3}, {%4, %5, %6, %7}, %8, p, -1, 1, "
                     "%9;\n"
                     "}"
                     : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                     : "r"(r[0]), "r"(r[1]), "r"(r[2]), "r"(r[3]), "l"(of_b), "n"(TransB));
    } else {
        asm volatile("{\n"
                     ".reg .pred p;\n"
                     "setp.eq.b32 p, 0, 0;\n"
                     "wgmma.mma_async.sync.aligned.m64n8k16.f32.f16.f16 {%0, %1, %2, %3}, %4, %5, p, -1, 1, %6, %7;\n"
                     "}"
                     : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                     : "l"(descriptor(shared_a, lead_a, stride_a, 0)), "l"(of_b), "n"(TransA), "n"(TransB));
    }
    asm volatile("wgmma.commit_group.sync.aligned;");
    asm volatile("wgmma.wait_group.sync.aligned 0;" ::: "memory");
    for (int i = 0; i < 4; ++i) {
        c[(warp * 16 + lane / 4 + i / 2 * 8) * 8 + lane % 4 * 2 + i % 2] = d[i];
    }
}
extern "C" __global__ void product_kk(const __half* a, const __half* b, unsigned lead_a, unsigned stride_a, unsigned lead_b,
                                      unsigned stride_b, float* c) {
    product<0, 0, false>(a, b, lead_a, stride_a, lead_b, stride_b, c);
}
extern "C" __global__ void product_mn(const __half* a, const __half* b, unsigned lead_a, unsigned stride_a, unsigned lead_b,
                                      unsigned stride_b, float* c) {
    product<1, 1, false>(a, b, lead_a, stride_a, lead_b, stride_b, c);
}
extern "C" __global__ void product_registers(const __half* a, const __half* b, unsigned lead_b, unsigned stride_b, float* c) {
    product<0, 1, true>(a, b, 0, 0, lead_b, stride_b, c);
}
