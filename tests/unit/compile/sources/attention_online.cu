#include <cuda_runtime.h>
#include <math_constants.h>
#include <float.h>

#define HEAD_DIM 64
#define BR 32
#define BC 32

__global__ void flash_attention(const float* __restrict__ Q, const float* __restrict__ K, const float* __restrict__ V,
                                float* __restrict__ O, const int N, const float scale) {
    __shared__ float Ks[BC][HEAD_DIM + 1], Vs[BC][HEAD_DIM + 1];
    const int head = blockIdx.y;
    const int row = blockIdx.x * BR + threadIdx.x;
    const size_t base = static_cast<size_t>(head) * N * HEAD_DIM;
    float q[HEAD_DIM], o[HEAD_DIM];
    float m = -CUDART_INF_F, l = 0.0f;
    for (int d = 0; d < HEAD_DIM; ++d) {
        q[d] = row < N ? Q[base + row * HEAD_DIM + d] : 0.0f;
        o[d] = 0.0f;
    }
    for (int j0 = 0; j0 < N; j0 += BC) {
        for (int t = threadIdx.x; t < BC * HEAD_DIM; t += blockDim.x) {
            int r = t / HEAD_DIM, d = t % HEAD_DIM;
            Ks[r][d] = j0 + r < N ? K[base + (j0 + r) * HEAD_DIM + d] : 0.0f;
            Vs[r][d] = j0 + r < N ? V[base + (j0 + r) * HEAD_DIM + d] : 0.0f;
        }
        __syncthreads();
        for (int j = 0; j < BC && j0 + j < N; ++j) {
            float s = 0.0f;
#pragma unroll
            for (int d = 0; d < HEAD_DIM; ++d) s = fmaf(q[d], Ks[j][d], s);
            s *= scale;
            float m_new = fmaxf(m, s);
            float correction = __expf(m - m_new), p = __expf(s - m_new);
            l = l * correction + p;
            for (int d = 0; d < HEAD_DIM; ++d) o[d] = o[d] * correction + p * Vs[j][d];
            m = m_new;
        }
        __syncthreads();
    }
    if (row < N)
        for (int d = 0; d < HEAD_DIM; ++d) O[base + row * HEAD_DIM + d] = o[d] / l;
}
extern "C" void solve(const float* Q, const float* K, const float* V, float* O, int heads, int N) {
    dim3 grid((N + BR - 1) / BR, heads);
    flash_attention<<<grid, BR>>>(Q, K, V, O, N, 1.0f / sqrtf((float)HEAD_DIM));
}
