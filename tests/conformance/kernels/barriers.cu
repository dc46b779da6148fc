//! launch reduce grid=4 block=256 threads=2
//! buffer f32 1024 small
//! buffer f32 4 zero
//! launch matmul_tiled grid=3,2 block=16,16 threads=2
//! buffer f32 1536 small
//! buffer f32 2304 small
//! buffer f32 1536 zero
//! value s32 32
//! value s32 48
//! value s32 48
//! launch matmul_naive grid=3,3 block=16,16 threads=2
//! buffer f32 1443 small
//! buffer f32 1599 small
//! buffer f32 1517 zero
//! value s32 37
//! value s32 41
//! value s32 39
//! launch transpose grid=2,2 block=32,8 threads=2
//! buffer f32 3000 iota
//! buffer f32 3000 zero
//! value s32 60
//! value s32 50
//! launch scan grid=2 block=128
//! buffer s32 256 small
//! buffer s32 256 zero
//! launch histogram grid=3 block=128 threads=2
//! buffer u8 3000 bits
//! buffer u32 256 zero
//! value s32 3000
//! launch barrier_in_loop grid=2 block=96
//! buffer s32 192 small
//! buffer s32 192 zero
//! value s32 5
//! launch barrier_in_divergent grid=3 block=128
//! buffer s32 3 iota
//! buffer s32 384 zero
//! launch barrier_while grid=2 block=64
//! buffer f32 1000 normal
//! buffer f32 2 zero
//! value s32 1000
//! launch barrier_both_sides grid=1 block=64
//! buffer s32 64 small
//! buffer s32 64 zero
//! launch reductions grid=2 block=96
//! buffer s32 192 small
//! buffer s32 6 zero
//! launch odd_block grid=2 block=7,5,3
//! buffer s32 210 small
//! buffer s32 210 zero
//! launch dynamic_shared grid=2 block=64 dynamic=512
//! buffer s32 128 small
//! buffer s32 128 zero
//! launch bitonic grid=1 block=256
//! buffer s32 256 bits
//! launch layernorm grid=5 block=128 threads=2
//! buffer f32 1000 normal
//! buffer f32 1000 zero ulp=8 abs=1e-5
//! value s32 200
#define ID (blockIdx.x * blockDim.x + threadIdx.x)
extern "C" __global__ void reduce(const float* in, float* out) {
    __shared__ float s[256];
    int t = threadIdx.x;
    s[t] = in[ID];
    __syncthreads();
    for (int k = blockDim.x / 2; k > 0; k >>= 1) { if (t < k) s[t] += s[t + k]; __syncthreads(); }
    if (t == 0) out[blockIdx.x] = s[0];
}
extern "C" __global__ void matmul_tiled(const float* A, const float* B, float* C, int M, int N, int K) {
    __shared__ float a[16][16], b[16][16];
    int tx = threadIdx.x, ty = threadIdx.y, row = blockIdx.y * 16 + ty, col = blockIdx.x * 16 + tx;
    float s = 0;
    for (int k = 0; k < K; k += 16) {
        a[ty][tx] = A[row * K + k + tx];
        b[ty][tx] = B[(k + ty) * N + col];
        __syncthreads();
#pragma unroll
        for (int j = 0; j < 16; ++j) s += a[ty][j] * b[j][tx];
        __syncthreads();
    }
    C[row * N + col] = s;
}
extern "C" __global__ void matmul_naive(const float* A, const float* B, float* C, int M, int N, int K) {
    int row = blockIdx.y * blockDim.y + threadIdx.y, col = blockIdx.x * blockDim.x + threadIdx.x;
    if (row < M && col < N) {
        float s = 0;
        for (int k = 0; k < K; ++k) s += A[row * K + k] * B[k * N + col];
        C[row * N + col] = s;
    }
}
extern "C" __global__ void transpose(const float* in, float* out, int w, int h) {
    __shared__ float tile[32][33];
    int x = blockIdx.x * 32 + threadIdx.x, y = blockIdx.y * 32 + threadIdx.y;
    for (int j = 0; j < 32; j += 8) if (x < w && y + j < h) tile[threadIdx.y + j][threadIdx.x] = in[(y + j) * w + x];
    __syncthreads();
    x = blockIdx.y * 32 + threadIdx.x; y = blockIdx.x * 32 + threadIdx.y;
    for (int j = 0; j < 32; j += 8) if (x < h && y + j < w) out[(y + j) * h + x] = tile[threadIdx.x][threadIdx.y + j];
}
extern "C" __global__ void scan(const int* in, int* out) {
    __shared__ int a[128];
    int t = threadIdx.x;
    a[t] = in[ID];
    __syncthreads();
    for (int d = 1; d < 128; d <<= 1) {
        int v = t >= d ? a[t - d] : 0;
        __syncthreads();
        a[t] += v;
        __syncthreads();
    }
    out[ID] = a[t];
}
extern "C" __global__ void histogram(const unsigned char* in, unsigned* out, int n) {
    __shared__ unsigned h[256];
    for (int i = threadIdx.x; i < 256; i += blockDim.x) h[i] = 0;
    __syncthreads();
    for (int i = ID; i < n; i += blockDim.x * gridDim.x) atomicAdd(&h[in[i]], 1u);
    __syncthreads();
    for (int i = threadIdx.x; i < 256; i += blockDim.x) atomicAdd(&out[i], h[i]);
}
extern "C" __global__ void barrier_in_loop(const int* in, int* out, int n) {
    __shared__ int s[96];
    int t = threadIdx.x, v = in[ID];
    for (int k = 0; k < n; ++k) {
        s[t] = v + k;
        __syncthreads();
        if (v & 1) v += s[(t + k) % 96]; else v -= s[(t * 3 + 1) % 96];
        __syncthreads();
    }
    out[ID] = v;
}
extern "C" __global__ void barrier_in_divergent(const int* flag, int* out) {
    __shared__ int s[128];
    int t = threadIdx.x;
    s[t] = t * 3;
    // The same for the whole block, but not provably.
    if (flag[(blockIdx.x + (t & 0)) % 3] + t * 0 != 1) {
        __syncthreads();
        int v = s[127 - t];
        __syncthreads();
        s[t] = v + 1;
    } else {
        s[t] = -t;
        __syncthreads();
    }
    __syncthreads();
    out[ID] = s[(t + 1) & 127];
}
extern "C" __global__ void barrier_while(const float* in, float* out, int n) {
    __shared__ float s[64];
    int t = threadIdx.x;
    float best = -1e30f;
    int i = blockIdx.x * 64;
    while (i < n) {
        s[t] = i + t < n ? in[i + t] : -1e30f;
        __syncthreads();
        for (int k = 32; k > 0; k >>= 1) { if (t < k) s[t] = fmaxf(s[t], s[t + k]); __syncthreads(); }
        best = fmaxf(best, s[0]);
        __syncthreads();
        i += gridDim.x * 64;
    }
    if (t == 0) out[blockIdx.x] = best;
}
extern "C" __global__ void barrier_both_sides(const int* in, int* out) {
    __shared__ int s[64];
    int t = threadIdx.x;
    s[t] = in[t];
    if (t < 32) { asm volatile("barrier.sync 0;" ::: "memory"); s[t] += s[t + 32]; asm volatile("barrier.sync 0;" ::: "memory"); }
    else { asm volatile("barrier.sync 0;" ::: "memory"); asm volatile("barrier.sync 0;" ::: "memory"); s[t] = s[t - 32] * 2; }
    __syncthreads();
    out[t] = s[t];
}
extern "C" __global__ void reductions(const int* in, int* out) {
    int v = in[ID];
    int c = __syncthreads_count(v > 0), a = __syncthreads_and(v > -9), o = __syncthreads_or(v == 7);
    if (threadIdx.x == 40) { out[blockIdx.x * 3] = c; out[blockIdx.x * 3 + 1] = a; out[blockIdx.x * 3 + 2] = o; }
}
extern "C" __global__ void odd_block(const int* in, int* out) {
    __shared__ int s[105];
    int t = threadIdx.x + 7 * (threadIdx.y + 5 * threadIdx.z);
    s[t] = in[blockIdx.x * 105 + t] * (threadIdx.x + 1) + threadIdx.y * 100 + threadIdx.z * 10000;
    __syncthreads();
    out[blockIdx.x * 105 + t] = s[104 - t];
}
extern "C" __global__ void dynamic_shared(const int* in, int* out) {
    extern __shared__ int d[];
    int t = threadIdx.x;
    d[t] = in[ID]; d[64 + t] = t;
    __syncthreads();
    out[ID] = d[63 - t] + d[64 + (t ^ 1)];
}
extern "C" __global__ void bitonic(int* data) {
    __shared__ int s[256];
    int t = threadIdx.x;
    s[t] = data[t];
    for (int k = 2; k <= 256; k <<= 1)
        for (int j = k >> 1; j > 0; j >>= 1) {
            __syncthreads();
            int p = t ^ j;
            if (p > t) { int a = s[t], b = s[p]; if ((a > b) == ((t & k) == 0)) { s[t] = b; s[p] = a; } }
        }
    __syncthreads();
    data[t] = s[t];
}
extern "C" __global__ void layernorm(const float* in, float* out, int n) {
    __shared__ float s[128], q[128];
    int t = threadIdx.x;
    const float* x = in + blockIdx.x * n;
    float a = 0, b = 0;
    for (int i = t; i < n; i += 128) { a += x[i]; b += x[i] * x[i]; }
    s[t] = a; q[t] = b;
    __syncthreads();
    for (int k = 64; k; k >>= 1) { if (t < k) { s[t] += s[t + k]; q[t] += q[t + k]; } __syncthreads(); }
    float m = s[0] / n, r = rsqrtf(q[0] / n - m * m + 1e-5f);
    for (int i = t; i < n; i += 128) out[blockIdx.x * n + i] = (x[i] - m) * r;
}
