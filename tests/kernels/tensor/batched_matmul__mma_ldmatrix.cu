// mma.sync m16n8k16 from shared memory by ldmatrix.x4 and ldmatrix.x2.trans; results straight from registers.
#include <cuda_fp16.h>
#include <cuda_runtime.h>
#include <cstdint>

__device__ uint32_t at(const void* p) { return (uint32_t)__cvta_generic_to_shared(p); }

__global__ void matmul(const __half* a, const __half* b, float* c, int m, int n, int k) {
    __shared__ alignas(16) __half sa[16][24], sb[16][8];
    const int lane = threadIdx.x, row0 = blockIdx.y * 16, col0 = blockIdx.x * 8;
    a += (size_t)blockIdx.z * m * k;
    b += (size_t)blockIdx.z * k * n;
    c += (size_t)blockIdx.z * m * n;
    float d[4] = {};
    for (int k0 = 0; k0 < k; k0 += 16) {
        for (int e = lane; e < 256; e += 32) {
            const int r = e / 16, q = e % 16;
            sa[r][q] = row0 + r < m && k0 + q < k ? a[(row0 + r) * k + k0 + q] : __half(0.0f);
            if (q < 8) sb[r][q] = k0 + r < k && col0 + q < n ? b[(k0 + r) * n + col0 + q] : __half(0.0f);
        }
        __syncwarp();
        uint32_t fa[4], fb[2];
        asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
                     : "=r"(fa[0]), "=r"(fa[1]), "=r"(fa[2]), "=r"(fa[3]) : "r"(at(&sa[lane % 16][lane / 16 * 8])));
        asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0,%1}, [%2];"
                     : "=r"(fb[0]), "=r"(fb[1]) : "r"(at(&sb[lane % 16][0])));
        asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                     : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                     : "r"(fa[0]), "r"(fa[1]), "r"(fa[2]), "r"(fa[3]), "r"(fb[0]), "r"(fb[1]));
        __syncwarp();
    }
    for (int i = 0; i < 4; ++i) {
        const int r = row0 + lane / 4 + i / 2 * 8, q = col0 + lane % 4 * 2 + i % 2;
        if (r < m && q < n) c[r * n + q] = d[i];
    }
}

extern "C" void solve(const __half* a, const __half* b, float* c, int batch, int m, int n, int k) {
    matmul<<<dim3((n + 7) / 8, (m + 15) / 16, batch), 32>>>(a, b, c, m, n, k);
}
