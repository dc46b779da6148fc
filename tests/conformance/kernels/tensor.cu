//! launch mma_f16 grid=1 block=64
//! buffer f16 1024 small
//! buffer f16 512 small
//! buffer f32 512 small
//! buffer f32 512 zero
//! launch mma_f16_normal grid=1 block=32
//! buffer f16 512 normal
//! buffer f16 512 normal
//! buffer f16 256 normal
//! launch mma_others grid=1 block=32
//! buffer u32 256 bits
//! buffer u32 128 bits
//! buffer s32 640 zero
//! buffer f64 256 small
//! buffer f64 64 zero
//! launch mma_real grid=1 block=32
//! buffer bf16 512 normal
//! buffer f32 512 normal
//! buffer f32 256 zero
//! launch matrices grid=1 block=32
//! buffer u16 512 bits
//! buffer u32 512 zero
//! launch wmma_tile grid=2 block=64
//! buffer f16 4096 small
//! buffer f16 4096 small
//! buffer f32 4096 zero
//! launch wmma_half grid=1 block=32
//! buffer f16 256 normal
//! buffer f16 256 normal
//! buffer f16 256 zero
//! launch async_copy grid=2 block=64
//! buffer f32 2048 normal
//! buffer f32 2048 zero
//! launch gemm grid=2,2 block=32 threads=2
//! buffer f16 1024 small
//! buffer f16 1024 small
//! buffer f32 1024 zero
#include <mma.h>
#include <cuda_fp16.h>
#include <cuda_bf16.h>
#define ID (blockIdx.x * blockDim.x + threadIdx.x)
extern "C" __global__ void mma_f16(const unsigned* A, const unsigned* B, const float* C, float* D) {
    const unsigned *a = A + ID * 4, *b = B + ID * 2; const float* c = C + ID * 4; float* d = D + ID * 4;
    asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%10,%11,%12,%13};"
        : "=f"(d[0]), "=f"(d[1]), "=f"(d[2]), "=f"(d[3]) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]), "f"(c[0]), "f"(c[1]), "f"(c[2]), "f"(c[3]));
    asm("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5}, {%6}, {%0,%1,%2,%3};"
        : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]) : "r"(a[1]), "r"(a[3]), "r"(b[1]));
}
extern "C" __global__ void mma_f16_normal(const unsigned* A, const unsigned* B, unsigned* D) {
    const unsigned *a = A + ID * 4, *b = B + ID * 2; unsigned* d = D + ID * 2;
    asm("mma.sync.aligned.m16n8k16.row.col.f16.f16.f16.f16 {%0,%1}, {%2,%3,%4,%5}, {%6,%7}, {%0,%1};"
        : "+r"(d[0]), "+r"(d[1]) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
extern "C" __global__ void mma_others(const unsigned* A, const unsigned* B, int* D, const double* X, double* Y) {
    const unsigned *a = A + ID * 4, *b = B + ID * 2; int* d = D + ID * 20;
    asm("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
        : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3]) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
    asm("mma.sync.aligned.m16n8k16.row.col.s32.u8.s8.s32 {%0,%1,%2,%3}, {%4,%5}, {%6}, {%0,%1,%2,%3};"
        : "+r"(d[4]), "+r"(d[5]), "+r"(d[6]), "+r"(d[7]) : "r"(a[0]), "r"(a[1]), "r"(b[0]));
    asm("mma.sync.aligned.m8n8k16.row.col.s32.s8.u8.s32 {%0,%1}, {%2}, {%3}, {%0,%1};" : "+r"(d[8]), "+r"(d[9]) : "r"(a[2]), "r"(b[1]));
    double x = X[ID], y = X[ID + 32]; double* z = Y + ID * 2;
    asm("mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%0,%1}, {%2}, {%3}, {%0,%1};" : "+d"(z[0]), "+d"(z[1]) : "d"(x), "d"(y));
}
extern "C" __global__ void mma_real(const unsigned* A, const float* T, float* D) {
    const unsigned* a = A + ID * 6; float* d = D + ID * 8; const unsigned* t = (const unsigned*)T + ID * 6;
    asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
        : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(a[4]), "r"(a[5]));
    asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
        : "+f"(d[4]), "+f"(d[5]), "+f"(d[6]), "+f"(d[7]) : "r"(t[0]), "r"(t[1]), "r"(t[2]), "r"(t[3]), "r"(t[4]), "r"(t[5]));
}
extern "C" __global__ void matrices(const unsigned short* in, unsigned* out) {
    __shared__ __align__(16) unsigned short s[512];
    for (int i = threadIdx.x; i < 512; i += 32) s[i] = in[i];
    __syncthreads();
    unsigned at = (unsigned)__cvta_generic_to_shared(s + threadIdx.x * 16), r[4], *o = out + threadIdx.x * 16;
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];" : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(at));
    for (int i = 0; i < 4; ++i) o[i] = r[i];
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0,%1}, [%2];" : "=r"(r[0]), "=r"(r[1]) : "r"(at));
    o[4] = r[0]; o[5] = r[1];
    asm volatile("ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%0}, [%1];" : "=r"(r[2]) : "r"(at));
    o[6] = r[2];
    asm volatile("movmatrix.sync.aligned.m8n8.trans.b16 %0, %1;" : "=r"(r[3]) : "r"(r[2]));
    o[7] = r[3];
    asm volatile("stmatrix.sync.aligned.m8n8.x2.shared.b16 [%0], {%1,%2};" :: "r"(at), "r"(o[1]), "r"(o[2]) : "memory");
    asm volatile("stmatrix.sync.aligned.m8n8.x1.trans.shared.b16 [%0], {%1};" :: "r"(at + 16), "r"(o[3]) : "memory");
    __syncthreads();
    for (int i = 0; i < 8; ++i) o[8 + i] = s[threadIdx.x * 16 + i] | s[threadIdx.x * 16 + 8 + i] << 16;
}
extern "C" __global__ void wmma_tile(const __half* A, const __half* B, float* C) {
    using namespace nvcuda::wmma;
    int w = (blockIdx.x * 64 + threadIdx.x) / 32;
    fragment<matrix_a, 16, 16, 16, __half, row_major> a; fragment<matrix_b, 16, 16, 16, __half, col_major> b; fragment<accumulator, 16, 16, 16, float> c;
    fill_fragment(c, 0.5f);
    for (int k = 0; k < 64; k += 16) {
        load_matrix_sync(a, A + (w / 4) * 16 * 64 + k, 64); load_matrix_sync(b, B + (w % 4) * 16 * 64 + k, 64);
        mma_sync(c, a, b, c);
    }
    for (int i = 0; i < c.num_elements; ++i) c.x[i] *= 2;
    store_matrix_sync(C + (w / 4) * 16 * 64 + (w % 4) * 16, c, 64, mem_row_major);
}
extern "C" __global__ void wmma_half(const __half* A, const __half* B, __half* C) {
    using namespace nvcuda::wmma;
    fragment<matrix_a, 16, 16, 16, __half, col_major> a; fragment<matrix_b, 16, 16, 16, __half, row_major> b; fragment<accumulator, 16, 16, 16, __half> c;
    load_matrix_sync(c, C, 16, mem_col_major);
    load_matrix_sync(a, A, 16); load_matrix_sync(b, B, 16);
    mma_sync(c, a, b, c);
    store_matrix_sync(C, c, 16, mem_row_major);
}
extern "C" __global__ void async_copy(const float4* in, float4* out) {
    __shared__ float4 s[2][64];
    const float4* p = in + blockIdx.x * 256;
    unsigned at = (unsigned)__cvta_generic_to_shared(&s[0][threadIdx.x]);
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" :: "r"(at), "l"(p + threadIdx.x) : "memory");
    asm volatile("cp.async.commit_group;" ::: "memory");
    for (int k = 0; k < 4; ++k) {
        if (k < 3) asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" :: "r"(at + ((k + 1) & 1) * 1024), "l"(p + (k + 1) * 64 + threadIdx.x), "r"(threadIdx.x & 1 ? 16 : 4) : "memory");
        asm volatile("cp.async.commit_group;" ::: "memory");
        asm volatile("cp.async.wait_group 1;" ::: "memory");
        __syncthreads();
        out[blockIdx.x * 256 + k * 64 + threadIdx.x] = s[k & 1][63 - threadIdx.x];
        __syncthreads();
    }
}
extern "C" __global__ void gemm(const __half* A, const __half* B, float* C) { // 32 x 32, one 16 x 16 tile a block
    __shared__ __align__(16) __half a[16][40], b[32][24];
    int l = threadIdx.x, row = blockIdx.y * 16, col = blockIdx.x * 16;
    for (int i = l; i < 64; i += 32) *(int4*)&a[i / 4][i % 4 * 8] = *(const int4*)&A[(row + i / 4) * 32 + i % 4 * 8];
    for (int i = l; i < 64; i += 32) *(int4*)&b[i / 2][i % 2 * 8] = *(const int4*)&B[i / 2 * 32 + col + i % 2 * 8];
    __syncthreads();
    float d[2][4] = {};
    for (int k = 0; k < 32; k += 16) {
        unsigned x[4], y[2];
        unsigned pa = (unsigned)__cvta_generic_to_shared(&a[l % 16][k + l / 16 * 8]);
        asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];" : "=r"(x[0]), "=r"(x[1]), "=r"(x[2]), "=r"(x[3]) : "r"(pa));
        for (int n = 0; n < 2; ++n) {
            unsigned pb = (unsigned)__cvta_generic_to_shared(&b[k + l % 16][n * 8]);
            asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0,%1}, [%2];" : "=r"(y[0]), "=r"(y[1]) : "r"(pb));
            asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                : "+f"(d[n][0]), "+f"(d[n][1]), "+f"(d[n][2]), "+f"(d[n][3]) : "r"(x[0]), "r"(x[1]), "r"(x[2]), "r"(x[3]), "r"(y[0]), "r"(y[1]));
        }
    }
    for (int n = 0; n < 2; ++n) for (int i = 0; i < 4; ++i) C[(row + l / 4 + i / 2 * 8) * 32 + col + n * 8 + l % 4 * 2 + i % 2] = d[n][i];
}
