// mma.sync in double (m8n8k4) for even rows of tiles, tf32 (m16n8k4, m16n8k8) with remainders for odd ones.
#include <cuda_runtime.h>

struct View {
    const float* p;
    int rows, cols;
    __device__ float operator()(int r, int c) const { return r < rows && c < cols ? p[(size_t)r * cols + c] : 0.0f; }
};

__device__ unsigned tf32(float v) {
    unsigned r;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(r) : "f"(v));
    return r;
}
__device__ void split(float v, unsigned& large, unsigned& small) {
    large = tf32(v);
    small = tf32(v - __uint_as_float(large));
}
__device__ void mma8(float* d, const unsigned* a, const unsigned* b) {
    asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
        : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
__device__ void mma4(float* d, const unsigned* a, const unsigned* b) {
    asm("mma.sync.aligned.m16n8k4.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3}, {%4,%5}, {%6}, {%0,%1,%2,%3};"
        : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]) : "r"(a[0]), "r"(a[1]), "r"(b[0]));
}

__global__ void matmul(View a, View b, float* c, int m, int n, int k) {
    const int lane = threadIdx.x, g = lane / 4, t = lane % 4, row0 = blockIdx.y * 16, col0 = blockIdx.x * 8;
    float d[4] = {};
    if (blockIdx.y % 2 == 0) {
        double e[4] = {};
        for (int k0 = 0; k0 < k; k0 += 4) {
            const double b0 = b(k0 + t, col0 + g);
            for (int half = 0; half < 2; ++half) {
                const double a0 = a(row0 + 8 * half + g, k0 + t);
                asm("mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%0,%1}, {%2}, {%3}, {%0,%1};"
                    : "+d"(e[2 * half]), "+d"(e[2 * half + 1]) : "d"(a0), "d"(b0));
            }
        }
        for (int i = 0; i < 4; ++i) d[i] = (float)e[i];
    } else {
        float low[4] = {};
        int k0 = 0;
        for (; k0 + 4 < k; k0 += 8) {
            unsigned al[4], as[4], bl[2], bs[2];
            for (int i = 0; i < 4; ++i) split(a(row0 + g + i % 2 * 8, k0 + t + i / 2 * 4), al[i], as[i]);
            for (int i = 0; i < 2; ++i) split(b(k0 + t + 4 * i, col0 + g), bl[i], bs[i]);
            mma8(low, as, bl); mma8(low, al, bs); mma8(d, al, bl);
        }
        if (k0 < k) {
            unsigned al[2], as[2], bl[1], bs[1];
            for (int i = 0; i < 2; ++i) split(a(row0 + g + i * 8, k0 + t), al[i], as[i]);
            split(b(k0 + t, col0 + g), bl[0], bs[0]);
            mma4(low, as, bl); mma4(low, al, bs); mma4(d, al, bl);
        }
        for (int i = 0; i < 4; ++i) d[i] += low[i];
    }
    for (int i = 0; i < 4; ++i) {
        const int r = row0 + g + i / 2 * 8, q = col0 + 2 * t + i % 2;
        if (r < m && q < n) c[(size_t)r * n + q] = d[i];
    }
}

extern "C" void solve(const float* a, const float* b, float* c, int m, int n, int k) {
    matmul<<<dim3((n + 7) / 8, (m + 15) / 16), 32>>>(View{a, m, k}, View{b, k, n}, c, m, n, k);
}
