// Warp-level functions.
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
#include <cooperative_groups/scan.h>
namespace cg = cooperative_groups;

extern "C" __global__ void shuffles(const int* in, int* out) {
    const int lane = threadIdx.x, v = in[lane];
    int* o = out + lane * 8;
    o[0] = __shfl_sync(0xffffffffu, v, 5);
    o[1] = __shfl_sync(0xffffffffu, v, lane * 3, 8);
    o[2] = __shfl_up_sync(0xffffffffu, v, 3);
    o[3] = __shfl_up_sync(0xffffffffu, v, 2, 16);
    o[4] = __shfl_down_sync(0xffffffffu, v, 7);
    o[5] = __shfl_down_sync(0xffffffffu, v, 1, 4);
    o[6] = __shfl_xor_sync(0xffffffffu, v, 16);
    o[7] = __shfl_xor_sync(0xffffffffu, v, 5, 8);
}

extern "C" __global__ void wide_shuffle(const double* in, double* out) {
    double v = in[threadIdx.x];
    for (int i = 16; i > 0; i /= 2) {
        v += __shfl_down_sync(0xffffffffu, v, i);
    }
    out[threadIdx.x] = v;
}

extern "C" __global__ void votes(const int* in, unsigned* out) {
    const int lane = threadIdx.x, v = in[lane];
    unsigned* o = out + lane * 6;
    o[0] = __ballot_sync(0xffffffffu, v > 2);
    o[1] = __all_sync(0xffffffffu, v >= 0);
    o[2] = __any_sync(0xffffffffu, v == 4);
    o[3] = __match_any_sync(0xffffffffu, v);
    int same;
    o[4] = __match_all_sync(0xffffffffu, v / 100, &same);
    o[5] = same;
}

extern "C" __global__ void reductions(const unsigned* in, unsigned* out) {
    const unsigned v = in[threadIdx.x];
    unsigned* o = out + threadIdx.x * 6;
    o[0] = __reduce_add_sync(0xffffffffu, v);
    o[1] = __reduce_min_sync(0xffffffffu, v);
    o[2] = __reduce_max_sync(0xffffffffu, (int)v);
    o[3] = __reduce_and_sync(0xffffffffu, v);
    o[4] = __reduce_or_sync(0xffffffffu, v);
    o[5] = __reduce_xor_sync(0xffffffffu, v);
}

// Half of the warp goes another way; each half talks among itself.
extern "C" __global__ void halves(const int* in, int* out, unsigned* masks) {
    const int lane = threadIdx.x;
    int v = in[lane];
    if (lane % 2 == 0) {
        masks[lane] = __activemask();
        v += __shfl_xor_sync(0x55555555u, v, 2);
        __syncwarp(0x55555555u);
    } else {
        masks[lane] = __activemask();
        v -= __shfl_xor_sync(0xaaaaaaaau, v, 4);
        __syncwarp(0xaaaaaaaau);
    }
    __syncwarp();
    out[lane] = v + __shfl_sync(0xffffffffu, v, lane ^ 1);
}

// The same shuffle in both branches of a divergent condition meets across them.
extern "C" __global__ void across_branches(const int* in, int* out) {
    const int lane = threadIdx.x;
    int v = in[lane];
    if (v > 0) {
        asm volatile("shfl.sync.bfly.b32 %0, %0, 1, 31, 0xffffffff;" : "+r"(v));
        v *= 10;
    } else {
        asm volatile("shfl.sync.bfly.b32 %0, %0, 1, 31, 0xffffffff;" : "+r"(v));
        v -= 1;
    }
    out[lane] = v;
}

extern "C" __global__ void partial_warp(const int* in, int* out, int n) {
    int v = threadIdx.x < n ? in[threadIdx.x] : 0;
    for (int i = 16; i > 0; i /= 2) {
        v += __shfl_xor_sync(0xffffffffu, v, i);
    }
    out[threadIdx.x] = v;
}

extern "C" __global__ void elected(int* out) {
    unsigned leader = 0;
    int is = 0;
    asm volatile("{ .reg .pred p; elect.sync %0|p, 0xfffffff0; selp.s32 %1, 1, 0, p; }" : "=r"(leader), "=r"(is));
    out[threadIdx.x] = threadIdx.x >= 4 ? (int)leader * 2 + is : -1;
}

extern "C" __global__ void groups(const int* in, int* out) {
    cg::thread_block block = cg::this_thread_block();
    cg::thread_block_tile<8> tile = cg::tiled_partition<8>(block);
    const int i = block.thread_rank();
    out[i] = cg::reduce(tile, in[i], cg::plus<int>());
    out[64 + i] = cg::inclusive_scan(tile, in[i], cg::plus<int>());
    if (in[i] % 3 == 0) {
        cg::coalesced_group active = cg::coalesced_threads();
        out[128 + i] = active.size() * 100 + active.thread_rank();
    }
    block.sync();
}

extern "C" __global__ void grid_sync(int* data, int rounds) {
    cg::grid_group grid = cg::this_grid();
    const unsigned n = grid.size(), i = grid.thread_rank();
    for (int r = 0; r < rounds; ++r) {
        const int next = data[(i + 1) % n];
        grid.sync();
        data[i] = next + 1;
        grid.sync();
    }
}
