//! launch vectors grid=2 block=64
//! buffer f32 512 normal
//! buffer f32 512 zero
//! buffer f32 512 zero
//! value s32 100
//! launch strided grid=2 block=64
//! buffer f32 4096 normal
//! buffer f32 4096 zero
//! value s32 5
//! launch bytes grid=2 block=64
//! buffer s8 1024 bits
//! buffer s8 1024 zero
//! buffer s16 512 bits
//! buffer s16 512 zero
//! launch gather grid=2 block=128
//! buffer u32 256 bits
//! buffer f64 300 normal
//! buffer f64 256 zero
//! buffer u8 300 bits
//! buffer u8 256 zero
//! launch local_array grid=2 block=64
//! buffer s32 128 small
//! buffer s32 128 zero
//! launch constants grid=1 block=64
//! buffer s32 64 small
//! buffer f32 64 zero
//! launch generic grid=1 block=64
//! buffer s32 64 small
//! buffer s32 64 zero
//! launch globals grid=1 block=64
//! buffer s32 64 zero
//! launch by_value grid=1 block=32
//! value u64 0x0000000300000005
//! buffer s32 32 zero
//! launch unsigned_wrap grid=1 block=64
//! buffer f32 128 normal
//! buffer f32 64 zero
//! value u32 64
//! launch signed_wrap grid=1 block=64
//! buffer s64 64 zero
//! value s32 2147483640
//! value s32 -2147483640
//! launch stencil grid=2,3 block=16,8
//! buffer f32 768 normal
//! buffer f32 768 zero
//! value s32 32
//! value s32 24
//! launch scatter_same grid=1 block=64
//! buffer s32 64 small
//! buffer s32 16 zero
//! launch conv2d grid=2,2 block=8,8
//! buffer f32 400 small
//! buffer f32 9 small
//! buffer f32 256 zero
//! value s32 16
//! launch pointer_walk grid=2 block=64
//! buffer f32 2000 small
//! buffer f32 128 zero
//! value s32 13
//! launch wide_strides grid=2 block=32,2
//! buffer f32 4096 normal
//! buffer f32 512 zero
#define ID (blockIdx.x * blockDim.x + threadIdx.x)
extern "C" __global__ void vectors(const float4* in, float4* out, float2* two, int n) {
    int i = ID;
    float4 v = in[i];
    if (i < n) out[i] = make_float4(v.w, v.x * 2, v.y, v.z);
    two[i] = make_float2(v.x + v.y, v.z);
}
extern "C" __global__ void strided(const float* in, float* out, int s) {
    out[ID * s] = in[ID * 7] + in[ID * s] + in[threadIdx.x * 8 + blockIdx.x] + in[63 - threadIdx.x];
}
extern "C" __global__ void bytes(const signed char* a, signed char* b, const short* c, short* d) {
    for (int i = ID; i < 1024; i += 128) b[i] = a[i] * 3 + a[1023 - i];
    for (int i = ID; i < 512; i += 128) d[i] = c[i] - c[511 - i];
}
extern "C" __global__ void gather(const unsigned* idx, const double* in, double* out, const unsigned char* b, unsigned char* ob) {
    unsigned k = idx[ID] % 300;
    out[ID] = in[k];
    ob[ID] = b[k];
    if (k & 1) out[ID] -= in[(k * 7) % 300];
}
extern "C" __global__ void local_array(const int* in, int* out) {
    int a[20];
    for (int i = 0; i < 20; ++i) a[i] = in[(ID + i) & 127];
#pragma unroll 1
    for (int k = 0; k < 30; ++k) { int p = (a[k % 20] + 9) % 20, q = (k * 7) % 20; int t = a[p]; a[p] = a[q] + 1; a[q] = t; }
    int s = 0;
#pragma unroll 1
    for (int i = 0; i < 20; ++i) s = s * 3 + a[i];
    out[ID] = s;
}
__constant__ float table[8] = {1, 2.5f, -3, 4, 5, 6.25f, 7, 8};
__constant__ int scale = 3;
extern "C" __global__ void constants(const int* in, float* out) { out[ID] = table[in[ID] & 7] * scale + table[2]; }
extern "C" __global__ void generic(const int* in, int* out) {
    __shared__ int s[64]; int l[2] = {in[ID], 5};
    s[threadIdx.x] = in[ID];
    __syncthreads();
    const int* p = in[ID] > 0 ? s : in[ID] < -3 ? in : l;
    if (p == l) out[ID] = p[in[ID] & 1]; else out[ID] = p[63 - threadIdx.x];
}
__device__ int counter = 17; __device__ int values[64];
extern "C" __global__ void globals(int* out) {
    values[threadIdx.x ^ 5] = threadIdx.x * counter;
    __syncthreads();
    out[ID] = values[threadIdx.x];
}
struct Pair { int a, b; };
extern "C" __global__ void by_value(Pair p, int* out) { out[ID] = p.a * (int)ID + p.b; }
extern "C" __global__ void unsigned_wrap(const float* in, float* out, unsigned n) {
    unsigned i = threadIdx.x;
    float l = i - 1 < n ? in[i - 1] : 0.0f, r = i + 1 < n ? in[i + 1] : 0.0f, f = i - 40 < n ? in[i - 40] : -1.0f;
    out[i] = l + r * 2 + f;
}
extern "C" __global__ void signed_wrap(long long* out, int big, int low) {
    unsigned a = (unsigned)big + threadIdx.x, b = (unsigned)low - threadIdx.x;
    long long x = (int)a, y = (int)b, z = (unsigned long long)(unsigned)(0u - 10u + threadIdx.x);
    out[ID] = x * 3 + y + z * 5;
}
extern "C" __global__ void stencil(const float* in, float* out, int w, int h) {
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x > 0 && y > 0 && x < w - 1 && y < h - 1) out[y * w + x] = 0.25f * (in[y * w + x - 1] + in[y * w + x + 1] + in[(y - 1) * w + x] + in[(y + 1) * w + x]);
    else if (x < w && y < h) out[y * w + x] = in[y * w + x];
}
extern "C" __global__ void scatter_same(const int* in, int* out) { out[threadIdx.x >> 3] = in[ID]; out[15] = in[ID]; }
extern "C" __global__ void conv2d(const float* in, const float* k, float* out, int n) {
    int x = blockIdx.x * 8 + threadIdx.x, y = blockIdx.y * 8 + threadIdx.y; float s = 0;
    for (int i = 0; i < 3; ++i) for (int j = 0; j < 3; ++j) { int yy = y + i - 1, xx = x + j - 1; if (yy >= 0 && yy < n && xx >= 0 && xx < n) s += in[yy * n + xx] * k[i * 3 + j]; }
    out[y * n + x] = s;
}
extern "C" __global__ void pointer_walk(const float* in, float* out, int n) {
    const float* p = in + ID; float s = 0;
#pragma unroll 1
    for (int k = 0; k < n; ++k) { s += *p; p += 128; }
#pragma unroll 1
    for (int k = threadIdx.x; k < 500; k += 64) s -= in[k];
    out[ID] = s;
}
extern "C" __global__ void wide_strides(const float* in, float* out) {
    int x = threadIdx.x, y = threadIdx.y, b = blockIdx.x;
    out[b * 64 + y * 32 + x] = in[x * 33 + y] + in[(x / 4) * 64 + (x % 4) + y] + in[(31 - x) * 2 + b] + in[x * 4 + y * 2 + 1];
}
