//! launch compares grid=2 block=256
//! buffer s32 512 zero
//! value s32 96
//! launch sum_rest grid=3 block=256 threads=2
//! buffer f32 5000 normal
//! buffer f32 3 zero
//! value s32 4999
//! launch rows grid=5 block=256
//! buffer f32 1500 normal
//! buffer f32 1500 zero
//! value s32 300
//! launch rows grid=5 block=80
//! buffer f32 1500 normal
//! buffer f32 1500 zero
//! value s32 300
//! launch parts_in_loop grid=2 block=64
//! buffer s32 640 small
//! buffer s32 128 zero
//! value s32 10
//! launch spread grid=2 block=128
//! buffer f32 4096 small
//! buffer f32 4096 zero
//! launch out_of_reach grid=1 block=64 faults
//! buffer s32 64 iota
//! value s32 70000000
//! launch two_variables grid=1 block=64
//! buffer s32 64 small
//! buffer s32 64 zero
// What the version for lanes that stay together decides: where lanes agree, where they part and meet again, and which
// accesses are tested at once.
#define ID (blockIdx.x * blockDim.x + threadIdx.x)
extern "C" __global__ void compares(int* out, int n) {
    int t = threadIdx.x, r = 0;
    if (t > 127) r |= 1;
    if (t < 64) r |= 2;
    if (t >= 96) r |= 4;
    if (t <= 30) r |= 8;
    if (t - 64 < 32) r |= 16;
    if ((unsigned)(t - 64) < 32u) r |= 32;
    if (t > 1023) r |= 64;
    if (t > -5) r |= 128;
    if (t < n) r |= 256;
    if (t + 0x7fffff00 > 0x7fffff7f) r |= 512;
    if ((unsigned)t + 0xffffff80u < 0x40u) r |= 1024;
    out[ID] = r;
}
extern "C" __global__ void sum_rest(const float* x, float* partial, int n) {
    __shared__ float sums[256];
    int t = threadIdx.x;
    float sum = 0.0f;
    for (int i = ID; i < n; i += gridDim.x * blockDim.x) sum += x[i];
    sums[t] = sum;
    __syncthreads();
    for (int step = 128; step > 0; step /= 2) {
        if (t < step) sums[t] += sums[t + step];
        __syncthreads();
    }
    if (t == 0) partial[blockIdx.x] = sums[0];
}
extern "C" __global__ void rows(const float* x, float* y, int n) {
    __shared__ float highest[256];
    int t = threadIdx.x;
    const float* row = x + blockIdx.x * n;
    float best = -3.0e38f;
    for (int i = t; i < n; i += blockDim.x) best = fmaxf(best, row[i]);
    highest[t] = best;
    __syncthreads();
    for (int i = 0; i < blockDim.x; ++i) best = fmaxf(best, highest[i]);
    for (int i = t; i < n; i += blockDim.x) y[blockIdx.x * n + i] = row[i] - best;
}
extern "C" __global__ void parts_in_loop(const int* in, int* out, int n) {
    int i = ID, sum = 0, last = 0;
#pragma unroll 1
    for (int k = 0; k < n; ++k) {
        int v = in[k * 64 + threadIdx.x];
        if (v > 2) {
            sum += v * k;
            last = k;
        }
        if (sum > 150) break;
    }
    out[i] = sum * 100 + last;
}
extern "C" __global__ void spread(const float* x, float* y) {
    __shared__ float tile[32][33];
    int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    for (int i = warp; i < 32; i += 4) tile[lane][i] = x[(blockIdx.x * 32 + i) * 64 + lane];
    __syncthreads();
    for (int i = warp; i < 32; i += 4) y[(blockIdx.x * 32 + i) * 64 + 2 * lane] = tile[i][lane];
}
extern "C" __global__ void out_of_reach(int* x, int far) {
    int t = threadIdx.x;
    int a = x[t];
    x[t + (a == 40 ? far : 0)] = a;
}
extern "C" __global__ void two_variables(const int* in, int* out) {
    __shared__ int first[64], second[64];
    int t = threadIdx.x;
    first[t] = in[t];
    second[t] = in[63 - t] * 2;
    __syncthreads();
    out[t] = first[0] + second[1] * 3 + first[63] * 5 + second[62] * 7;
}
