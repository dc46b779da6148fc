#include <cuda_runtime.h>

// The linear layer by 32 x 32 tiles into scratch memory, then a block for each row.
constexpr int TILE = 32;

__global__ void linear(const float* __restrict__ x, const float* __restrict__ weight, const float* __restrict__ bias, float* __restrict__ c,
                       int m, int n, int k) {
    __shared__ float xs[TILE][TILE + 1], ws[TILE][TILE + 1];
    const int row0 = blockIdx.y * TILE, col0 = blockIdx.x * TILE;
    float sum[4] = {};
    for (int k0 = 0; k0 < k; k0 += TILE) {
        for (int i = threadIdx.y; i < TILE; i += 8) {
            const int d = k0 + threadIdx.x;
            xs[i][threadIdx.x] = (row0 + i < m && d < k) ? x[(size_t)(row0 + i) * k + d] : 0.f;
            ws[i][threadIdx.x] = (col0 + i < n && d < k) ? weight[(size_t)(col0 + i) * k + d] : 0.f;
        }
        __syncthreads();
#pragma unroll
        for (int d = 0; d < TILE; ++d) {
            const float w = ws[threadIdx.x][d];
#pragma unroll
            for (int j = 0; j < 4; ++j) sum[j] = fmaf(xs[threadIdx.y + 8 * j][d], w, sum[j]);
        }
        __syncthreads();
    }
    for (int j = 0; j < 4; ++j) {
        const int row = row0 + threadIdx.y + 8 * j, col = col0 + threadIdx.x;
        if (row < m && col < n) c[(size_t)row * n + col] = sum[j] + bias[col];
    }
}

__device__ float block_sum(float v) {
    __shared__ float partial[32];
    for (int offset = 16; offset > 0; offset >>= 1) v += __shfl_xor_sync(0xffffffff, v, offset);
    __syncthreads();
    if (threadIdx.x % 32 == 0) partial[threadIdx.x / 32] = v;
    __syncthreads();
    v = 0.f;
    for (int w = 0; w < (int)blockDim.x / 32; ++w) v += partial[w];
    return v;
}

__device__ float block_max(float v) {
    __shared__ float partial[32];
    for (int offset = 16; offset > 0; offset >>= 1) v = fmaxf(v, __shfl_xor_sync(0xffffffff, v, offset));
    __syncthreads();
    if (threadIdx.x % 32 == 0) partial[threadIdx.x / 32] = v;
    __syncthreads();
    v = -INFINITY;
    for (int w = 0; w < (int)blockDim.x / 32; ++w) v = fmaxf(v, partial[w]);
    return v;
}

// A warp for each feature: its values over the batch, mean and variance, all scaled.
__global__ void scale_batchnorm(const float* __restrict__ c, const float* __restrict__ scale, const float* __restrict__ gamma,
                                const float* __restrict__ beta, float* __restrict__ y, int m, int n) {
    const int feature = blockIdx.x * 32 + threadIdx.x;
    if (feature >= n) return;
    const float s = scale[feature];
    float sum = 0.f;
    for (int r = 0; r < m; ++r) sum += c[(size_t)r * n + feature] * s;
    const float mean = sum / m;
    float squares = 0.f;
    for (int r = 0; r < m; ++r) {
        const float d = c[(size_t)r * n + feature] * s - mean;
        squares += d * d;
    }
    const float factor = gamma[feature] * rsqrtf(squares / (m - 1) + 1e-5f);
    for (int r = 0; r < m; ++r) y[(size_t)r * n + feature] = (c[(size_t)r * n + feature] * s - mean) * factor + beta[feature];
}

extern "C" void solve(const float* x, const float* weight, const float* bias, const float* scale, const float* gamma, const float* beta, float* y,
                      int batch, int in_features, int out_features) {
    float* c;
    cudaMalloc(&c, (size_t)batch * out_features * sizeof(float));
    linear<<<dim3((out_features + TILE - 1) / TILE, (batch + TILE - 1) / TILE), dim3(TILE, 8)>>>(x, weight, bias, c, batch,
                                                                                                 out_features, in_features);
    scale_batchnorm<<<(out_features + 31) / 32, 32>>>(c, scale, gamma, beta, y, batch, out_features);
}
