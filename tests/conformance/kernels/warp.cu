//! launch shuffles grid=2 block=96
//! buffer s32 192 small
//! buffer s32 1920 zero
//! launch warp_reduce grid=3 block=128 threads=2
//! buffer f32 384 small
//! buffer f32 12 zero
//! launch votes grid=2 block=64
//! buffer s32 128 small
//! buffer u32 1024 zero
//! launch tiles grid=1 block=64
//! buffer s32 64 small
//! buffer u32 512 zero
//! launch redux grid=1 block=64
//! buffer s32 64 small
//! buffer s32 512 zero
//! launch divergent_shuffle grid=1 block=64
//! buffer s32 64 small
//! buffer s32 64 zero
//! launch active grid=1 block=64
//! buffer s32 64 small
//! buffer u32 64 zero
//! launch partial_warp grid=1 block=45
//! buffer s32 45 small
//! buffer s32 45 zero
//! launch aggregated grid=2 block=64
//! buffer s32 128 small
//! buffer u32 4 zero
//! launch shuffle_types grid=1 block=32
//! buffer f64 32 normal
//! buffer f64 32 zero
#define ID (blockIdx.x * blockDim.x + threadIdx.x)
#define FULL 0xffffffffu
extern "C" __global__ void shuffles(const int* in, int* out) {
    int v = in[ID], *o = out + ID * 10, l = threadIdx.x & 31;
    o[0] = __shfl_sync(FULL, v, 5);
    o[1] = __shfl_sync(FULL, v, v & 31);
    o[2] = __shfl_up_sync(FULL, v, 3);
    o[3] = __shfl_down_sync(FULL, v, 7);
    o[4] = __shfl_xor_sync(FULL, v, 9);
    o[5] = __shfl_sync(FULL, v, l + 1, 8);
    o[6] = __shfl_up_sync(FULL, v, 2, 16);
    o[7] = __shfl_down_sync(FULL, v, 1, 4);
    o[8] = __shfl_xor_sync(FULL, v, 5, 8);
    o[9] = __shfl_sync(FULL, blockIdx.x + 7, 3);
}
extern "C" __global__ void warp_reduce(const float* in, float* out) {
    float v = in[ID];
    for (int k = 16; k; k >>= 1) v += __shfl_down_sync(FULL, v, k);
    if ((threadIdx.x & 31) == 0) out[ID >> 5] = v;
}
extern "C" __global__ void votes(const int* in, unsigned* out) {
    int v = in[ID]; unsigned* o = out + ID * 8;
    o[0] = __ballot_sync(FULL, v > 0);
    o[1] = __any_sync(FULL, v == 7);
    o[2] = __all_sync(FULL, v > -9);
    o[3] = __all_sync(FULL, v > 0);
    o[4] = __popc(__ballot_sync(FULL, v & 1));
    o[5] = __match_any_sync(FULL, v);
    int p; o[6] = __match_all_sync(FULL, v >> 5, &p); o[7] = p;
}
extern "C" __global__ void tiles(const int* in, unsigned* out) {
    int v = in[ID], l = threadIdx.x & 31; unsigned m = 0xffu << (l & 24); unsigned* o = out + ID * 8;
    o[0] = __ballot_sync(m, v > 0);
    o[1] = __any_sync(m, v == 7);
    o[2] = __all_sync(m, v > -6);
    o[3] = __match_any_sync(m, v & 3);
    o[4] = __reduce_add_sync(m, v);
    o[5] = __shfl_sync(m, v, 2, 8);
    o[6] = __reduce_max_sync(m, v);
    o[7] = __shfl_down_sync(m, v, 4, 8);
}
extern "C" __global__ void redux(const int* in, int* out) {
    int v = in[ID], *o = out + ID * 8;
    o[0] = __reduce_add_sync(FULL, v);
    o[1] = __reduce_min_sync(FULL, v);
    o[2] = __reduce_max_sync(FULL, (unsigned)v);
    o[3] = __reduce_and_sync(FULL, v | 64);
    o[4] = __reduce_or_sync(FULL, v);
    o[5] = __reduce_xor_sync(FULL, v);
}
extern "C" __global__ void divergent_shuffle(const int* in, int* out) {
    int v = in[ID], l = threadIdx.x & 31;
    if (l < 16) v += __shfl_xor_sync(0x0000ffffu, v, 3) * 100; else v -= __shfl_up_sync(0xffff0000u, v, 1) * 10;
    __syncwarp();
    out[ID] = v;
}
extern "C" __global__ void active(const int* in, unsigned* out) {
    int v = in[ID]; unsigned r = 0;
    if (v > 0) { r = __activemask(); if (v > 4) r ^= __activemask() * 3; }
    out[ID] = r;
}
extern "C" __global__ void partial_warp(const int* in, int* out) {
    int v = in[ID];
    for (int k = 16; k; k >>= 1) v += __shfl_xor_sync(__activemask(), v, k);
    out[ID] = v;
}
extern "C" __global__ void aggregated(const int* in, unsigned* out) {
    int v = in[ID];
    if (v > 0) {
        unsigned m = __activemask(); int leader = __ffs(m) - 1; unsigned base = 0;
        if ((threadIdx.x & 31) == leader) base = atomicAdd(out, __popc(m));
        base = __shfl_sync(m, base, leader);
        atomicMax(out + 1, base + __popc(m & ((1u << (threadIdx.x & 31)) - 1)));
    }
}
extern "C" __global__ void shuffle_types(const double* in, double* out) {
    double v = in[ID];
    for (int k = 16; k; k >>= 1) v = fmax(v, __shfl_xor_sync(FULL, v, k));
    out[ID] = v;
}
