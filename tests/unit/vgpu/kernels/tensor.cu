// wmma of every shape and type of CUDA C++, ldmatrix and kin, cp.async.
#include <cuda_pipeline.h>
#include <mma.h>
using namespace nvcuda;

template <int M, int N, int K, class In, class Acc, class LayoutA, class LayoutB>
__device__ void multiply(const In* a, const In* b, const Acc* c, Acc* d, int lda, int ldb, int ldc,
                         wmma::layout_t layout) {
    wmma::fragment<wmma::matrix_a, M, N, K, In, LayoutA> fa;
    wmma::fragment<wmma::matrix_b, M, N, K, In, LayoutB> fb;
    wmma::fragment<wmma::accumulator, M, N, K, Acc> fc;
    wmma::load_matrix_sync(fa, a, lda);
    wmma::load_matrix_sync(fb, b, ldb);
    wmma::load_matrix_sync(fc, c, ldc, layout);
    wmma::mma_sync(fc, fa, fb, fc);
    for (int i = 0; i < fc.num_elements; ++i) {
        fc.x[i] = fc.x[i] + fc.x[i];
    }
    wmma::store_matrix_sync(d, fc, ldc, layout);
}

#define WMMA(name, m, n, k, in, acc)                                                                                   \
    extern "C" __global__ void name(const in* a, const in* b, const acc* c, acc* d) {                                   \
        multiply<m, n, k, in, acc, wmma::row_major, wmma::row_major>(a, b, c, d, k, n, n, wmma::mem_row_major);          \
    }                                                                                                                  \
    extern "C" __global__ void name##_columns(const in* a, const in* b, const acc* c, acc* d) {                         \
        multiply<m, n, k, in, acc, wmma::col_major, wmma::col_major>(a, b, c, d, m, k, m, wmma::mem_col_major);          \
    }
WMMA(half_16_16_16, 16, 16, 16, __half, float)
WMMA(half_8_32_16, 8, 32, 16, __half, float)
WMMA(half_32_8_16, 32, 8, 16, __half, float)
WMMA(halfhalf_16_16_16, 16, 16, 16, __half, __half)
WMMA(bf16_16_16_16, 16, 16, 16, __nv_bfloat16, float)
WMMA(bf16_8_32_16, 8, 32, 16, __nv_bfloat16, float)
WMMA(bf16_32_8_16, 32, 8, 16, __nv_bfloat16, float)
WMMA(s8_16_16_16, 16, 16, 16, signed char, int)
WMMA(s8_8_32_16, 8, 32, 16, signed char, int)
WMMA(s8_32_8_16, 32, 8, 16, signed char, int)
WMMA(u8_16_16_16, 16, 16, 16, unsigned char, int)
WMMA(f64_8_8_4, 8, 8, 4, double, double)

extern "C" __global__ void tf32_16_16_8(const float* a, const float* b, const float* c, float* d) {
    wmma::fragment<wmma::matrix_a, 16, 16, 8, wmma::precision::tf32, wmma::row_major> fa;
    wmma::fragment<wmma::matrix_b, 16, 16, 8, wmma::precision::tf32, wmma::col_major> fb;
    wmma::fragment<wmma::accumulator, 16, 16, 8, float> fc;
    wmma::load_matrix_sync(fa, a, 8);
    wmma::load_matrix_sync(fb, b, 8);
    wmma::load_matrix_sync(fc, c, 16, wmma::mem_row_major);
    for (int i = 0; i < fa.num_elements; ++i) {
        fa.x[i] = wmma::__float_to_tf32(fa.x[i]);
    }
    for (int i = 0; i < fb.num_elements; ++i) {
        fb.x[i] = wmma::__float_to_tf32(fb.x[i]);
    }
    wmma::mma_sync(fc, fa, fb, fc);
    wmma::store_matrix_sync(d, fc, 16, wmma::mem_row_major);
}

extern "C" __global__ void move_rows(const unsigned short* in, unsigned* out, unsigned short* stored) {
    __shared__ __align__(16) unsigned short tile[32 * 8];
    const int lane = threadIdx.x;
    for (int i = lane; i < 32 * 8; i += 32) {
        tile[i] = in[i];
    }
    __syncthreads();
    const unsigned address = (unsigned)__cvta_generic_to_shared(tile + lane * 8);
    unsigned r[4];
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(address));
    for (int i = 0; i < 4; ++i) {
        out[lane * 16 + i] = r[i];
    }
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0,%1}, [%2];" : "=r"(r[0]), "=r"(r[1]) : "r"(address));
    out[lane * 16 + 4] = r[0];
    out[lane * 16 + 5] = r[1];
    asm volatile("ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%0}, [%1];" : "=r"(r[0]) : "r"(address));
    out[lane * 16 + 6] = r[0];
    asm volatile("movmatrix.sync.aligned.m8n8.trans.b16 %0, %1;" : "=r"(r[1]) : "r"(r[0]));
    out[lane * 16 + 7] = r[1];
    asm volatile("stmatrix.sync.aligned.m8n8.x2.trans.shared.b16 [%0], {%1,%2};" ::"r"(address), "r"(r[0]), "r"(r[1])
                 : "memory");
    __syncthreads();
    for (int i = lane; i < 32 * 8; i += 32) {
        stored[i] = tile[i];
    }
}

extern "C" __global__ void async_copy(const float4* in, float4* out, int n) {
    __shared__ float4 stage[2][32];
    const int lane = threadIdx.x;
    __pipeline_memcpy_async(&stage[0][lane], &in[lane], 16);
    __pipeline_commit();
    for (int i = 0; i < n; ++i) {
        if (i + 1 < n) {
            __pipeline_memcpy_async(&stage[(i + 1) % 2][lane], &in[(i + 1) * 32 + lane], 16, lane % 4 * 4);
        }
        __pipeline_commit();
        __pipeline_wait_prior(1);
        __syncthreads();
        out[i * 32 + lane] = stage[i % 2][31 - lane];
        __syncthreads();
    }
}
