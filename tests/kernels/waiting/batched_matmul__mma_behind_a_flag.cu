// The lanes of a warp wait apart for the slabs that another warp fills, and multiply them together with mma.sync.
#include <cuda_fp16.h>
#include <cuda_runtime.h>

__global__ void matmul(const __half* a, const __half* b, float* c, int m, int n, int k) {
    __shared__ unsigned fa[2][4][32], fb[2][2][32];
    __shared__ volatile int ready[2][32], used;
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, g = lane / 4, t = lane % 4, row0 = blockIdx.y * 16, col0 = blockIdx.x * 8;
    a += (size_t)blockIdx.z * m * k; b += (size_t)blockIdx.z * k * n; c += (size_t)blockIdx.z * m * n;
    if (warp == 0) ready[0][lane] = ready[1][lane] = -1;
    if (threadIdx.x == 0) used = 0;
    __syncthreads();
    const int steps = (k + 15) / 16;
    auto A = [&](int r, int q) { return r < m && q < k ? __half_as_ushort(a[(size_t)r * k + q]) : 0u; };
    auto B = [&](int q, int r) { return q < k && r < n ? __half_as_ushort(b[(size_t)q * n + r]) : 0u; };
    if (warp == 1) {
        for (int s = 0; s < steps; ++s) {
            while (used + 2 <= s) {}
            const int k0 = 16 * s + 2 * t;
            for (int i = 0; i < 4; ++i) {
                const int r = row0 + g + i % 2 * 8, q = k0 + i / 2 * 8;
                fa[s % 2][i][lane] = A(r, q) | A(r, q + 1) << 16;
            }
            for (int i = 0; i < 2; ++i) fb[s % 2][i][lane] = B(k0 + 8 * i, col0 + g) | B(k0 + 8 * i + 1, col0 + g) << 16;
            __threadfence_block();
            if (lane % 2) ready[s % 2][lane] = s; // the others' flags later
            __syncwarp();
            if (lane % 2 == 0) ready[s % 2][lane] = s;
        }
    } else {
        float d[4] = {};
        for (int s = 0; s < steps; ++s) {
            while (ready[s % 2][lane] != s) {}
            __threadfence_block();
            asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                         : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                         : "r"(fa[s % 2][0][lane]), "r"(fa[s % 2][1][lane]), "r"(fa[s % 2][2][lane]), "r"(fa[s % 2][3][lane]),
                           "r"(fb[s % 2][0][lane]), "r"(fb[s % 2][1][lane]));
            __syncwarp();
            if (lane == 0) used = s + 1;
        }
        for (int i = 0; i < 4; ++i) {
            const int r = row0 + g + i / 2 * 8, q = col0 + 2 * t + i % 2;
            if (r < m && q < n) c[(size_t)r * n + q] = d[i];
        }
    }
}

extern "C" void solve(const __half* a, const __half* b, float* c, int batch, int m, int n, int k) {
    matmul<<<dim3((n + 7) / 8, (m + 15) / 16, batch), 64>>>(a, b, c, m, n, k);
}
