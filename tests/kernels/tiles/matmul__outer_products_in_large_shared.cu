// Dynamic shared memory of 96 KB, more than a launch gets unasked: a whole panel of a and of b.
#include <cuda_runtime.h>

constexpr int kTile = 48, kDepth = 256;

__global__ void matmul(const float* a, const float* b, float* c, int m, int n, int k) {
    extern __shared__ __align__(16) unsigned char memory[];
    float* pa = reinterpret_cast<float*>(memory);
    float* pb = pa + kTile * kDepth;
    const int row0 = blockIdx.x * kTile, col0 = blockIdx.y * kTile;
    float sums[9] = {};
    for (int k0 = 0; k0 < k; k0 += kDepth) {
        const int depth = min(kDepth, k - k0);
        for (int i = threadIdx.x; i < kTile * depth; i += blockDim.x) {
            const int r = i / depth, kk = i % depth;
            pa[r * kDepth + kk] = row0 + r < m ? a[(row0 + r) * k + k0 + kk] : 0.0f;
            const int kb = i / kTile, q = i % kTile;
            pb[kb * kTile + q] = col0 + q < n ? b[(k0 + kb) * n + col0 + q] : 0.0f;
        }
        __syncthreads();
        for (int kk = 0; kk < depth; ++kk) {
            for (int s = 0; s < 9; ++s) {
                const int e = threadIdx.x + s * 256;
                sums[s] += pa[e / kTile * kDepth + kk] * pb[kk * kTile + e % kTile];
            }
        }
        __syncthreads();
    }
    for (int s = 0; s < 9; ++s) {
        const int e = threadIdx.x + s * 256, r = row0 + e / kTile, q = col0 + e % kTile;
        if (r < m && q < n) c[r * n + q] = sums[s];
    }
}

extern "C" void solve(const float* a, const float* b, float* c, int m, int n, int k) {
    const int bytes = 2 * kTile * kDepth * sizeof(float);
    cudaFuncSetAttribute(matmul, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes);
    matmul<<<dim3((m + kTile - 1) / kTile, (n + kTile - 1) / kTile), 256, bytes>>>(a, b, c, m, n, k);
}
