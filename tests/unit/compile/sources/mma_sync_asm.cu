#include <cuda_fp16.h>
#include <cstdint>

__device__ __forceinline__ void ldmatrix_x4(uint32_t (&r)[4], uint32_t addr) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];\n"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(addr));
}
__device__ __forceinline__ void mma16816(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};\n"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
#define CP_ASYNC_CG(dst, src) asm volatile("cp.async.cg.shared.global [%0], [%1], 16;\n" ::"r"(dst), "l"(src))
#define CP_ASYNC_COMMIT() asm volatile("cp.async.commit_group;\n" ::)
#define CP_ASYNC_WAIT(n) asm volatile("cp.async.wait_group %0;\n" ::"n"(n))

__global__ void hgemm(const half* __restrict__ A, const half* __restrict__ B, float* __restrict__ C, int M, int N, int K) {
    __shared__ __align__(16) half sA[16][24];
    __shared__ half sB[8][24];
    uint32_t smem = (uint32_t)__cvta_generic_to_shared(&sA[threadIdx.x % 16][(threadIdx.x / 16) * 8]);
    float acc[4] = {};
    for (int k = 0; k < K; k += 16) {
        CP_ASYNC_CG(smem, A + (blockIdx.y * 16 + threadIdx.x % 16) * K + k + (threadIdx.x / 16) * 8);
        CP_ASYNC_COMMIT();
        for (int i = threadIdx.x; i < 8 * 16; i += 32) sB[i / 16][i % 16] = B[(k + i % 16) * N + blockIdx.x * 8 + i / 16];
        CP_ASYNC_WAIT(0);
        __syncthreads();
        uint32_t a[4], b[2];
        ldmatrix_x4(a, smem);
        b[0] = *reinterpret_cast<uint32_t*>(&sB[threadIdx.x / 4][(threadIdx.x % 4) * 2]);
        b[1] = *reinterpret_cast<uint32_t*>(&sB[threadIdx.x / 4][(threadIdx.x % 4) * 2 + 8]);
        mma16816(acc, a, b);
        __syncthreads();
    }
    float2* out = reinterpret_cast<float2*>(C + (blockIdx.y * 16 + threadIdx.x / 4) * N + blockIdx.x * 8);
    out[threadIdx.x % 4] = make_float2(acc[0], acc[1]);
}

extern "C" void solve(const half* A, const half* B, float* C, int M, int N, int K) {
    hgemm<<<dim3(N / 8, M / 16), 32>>>(A, B, C, M, N, K);
}
