//! launch grid_sync grid=6 block=64 threads=2 cooperative waits
//! buffer s32 384 small
//! buffer s32 384 zero
//! buffer u32 2 zero
//! launch producer_consumer grid=2 block=64 waits
//! buffer s32 128 small
//! buffer s32 128 zero
#define ID (blockIdx.x * blockDim.x + threadIdx.x)
extern "C" __global__ void grid_sync(int* data, int* out, unsigned* bar) {
    for (int round = 1; round <= 3; ++round) {
        data[ID] += data[(ID * 5 + 1) % 384] * 0 + round;
        __syncthreads();
        if (threadIdx.x == 0) {
            __threadfence();
            atomicAdd(bar, 1);
            while (atomicAdd(bar, 0) < round * gridDim.x) {}
            __threadfence();
        }
        __syncthreads();
        out[ID] += ((volatile int*)data)[(ID + 64 * round) % 384];
        __syncthreads();
        if (threadIdx.x == 0) { atomicAdd(bar + 1, 1); while (*(volatile unsigned*)(bar + 1) < round * gridDim.x) __nanosleep(20); }
        __syncthreads();
    }
}
extern "C" __global__ void producer_consumer(const int* in, int* out) {
    __shared__ int s[32];
    if (threadIdx.x < 32) { s[threadIdx.x] = in[ID] * 2; asm volatile("bar.arrive 1, 64;" ::: "memory"); out[ID] = 1; }
    else { asm volatile("bar.sync 1, 64;" ::: "memory"); out[ID] = s[63 - threadIdx.x]; }
}
