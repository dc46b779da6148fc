// wgmma m64n16k16 from shared memory without a swizzle (core matrices of 8 x 16 bytes), filled by the threads themselves,
// with setmaxnreg as in kernels of specialised warps.
#include <cuda_fp16.h>
#include <cuda_runtime.h>

__device__ unsigned at(const void* p) { return (unsigned)__cvta_generic_to_shared(p); }

// Core matrices lie `along` bytes apart in k, and `across` bytes in m or n.
__device__ unsigned long long descriptor(const void* p, unsigned along, unsigned across) {
    return (unsigned long long)((at(p) & 0x3ffff) >> 4) | (unsigned long long)(along >> 4) << 16 | (unsigned long long)(across >> 4) << 32;
}

__global__ void __launch_bounds__(128) matmul(const __half* a, const __half* b, float* c, int m, int n, int k) {
    __shared__ alignas(128) __half sa[2][8][8][8]; // [k / 8][m / 8][m][k]
    __shared__ alignas(128) __half sb[2][2][8][8]; // [k / 8][n / 8][n][k]
    asm volatile("setmaxnreg.inc.sync.aligned.u32 240;");
    const int t = threadIdx.x, row0 = blockIdx.y * 64, col0 = blockIdx.x * 16;
    a += (size_t)blockIdx.z * m * k; b += (size_t)blockIdx.z * k * n; c += (size_t)blockIdx.z * m * n;
    float d[8] = {};
    for (int k0 = 0; k0 < k; k0 += 16) {
        for (int e = t; e < 64 * 16; e += 128) {
            const int r = e / 16, q = e % 16;
            sa[q / 8][r / 8][r % 8][q % 8] = row0 + r < m && k0 + q < k ? a[(row0 + r) * k + k0 + q] : __half(0);
        }
        for (int e = t; e < 16 * 16; e += 128) {
            const int q = e / 16, r = e % 16; // k, n
            sb[q / 8][r / 8][r % 8][q % 8] = k0 + q < k && col0 + r < n ? b[(k0 + q) * n + col0 + r] : __half(0);
        }
        asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
        __syncthreads();
        asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
        asm volatile("{ .reg .pred p; setp.ne.b32 p, %10, 0;\n"
                     "wgmma.mma_async.sync.aligned.m64n16k16.f32.f16.f16 {%0,%1,%2,%3,%4,%5,%6,%7}, %8, %9, p, 1, 1, 0, 0; }"
                     : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]), "+f"(d[4]), "+f"(d[5]), "+f"(d[6]), "+f"(d[7])
                     : "l"(descriptor(sa, 1024, 128)), "l"(descriptor(sb, 256, 128)), "r"(k0));
        asm volatile("wgmma.commit_group.sync.aligned;\nwgmma.wait_group.sync.aligned 0;" ::: "memory");
        __syncthreads();
    }
    for (int i = 0; i < 8; ++i) {
        const int r = row0 + t / 32 * 16 + t % 32 / 4 + i / 2 % 2 * 8, q = col0 + i / 4 * 8 + t % 4 * 2 + i % 2;
        if (r < m && q < n) c[r * n + q] = d[i];
    }
}

extern "C" void solve(const __half* a, const __half* b, float* c, int batch, int m, int n, int k) {
    matmul<<<dim3((n + 15) / 16, (m + 63) / 64, batch), 128>>>(a, b, c, m, n, k);
}
