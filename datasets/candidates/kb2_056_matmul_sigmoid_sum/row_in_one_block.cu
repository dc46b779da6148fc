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

__global__ void sigmoid_sum(const float* __restrict__ c, float* __restrict__ y, int n) {
    const float* from = c + (size_t)blockIdx.x * n;
    float sum = 0.f;
    for (int i = threadIdx.x; i < n; i += blockDim.x) sum += 1.f / (1.f + expf(-from[i]));
    sum = block_sum(sum);
    if (threadIdx.x == 0) y[blockIdx.x] = sum;
}

extern "C" void solve(const float* x, const float* weight, const float* bias, float* y, int batch, int in_features, int out_features) {
    float* c;
    cudaMalloc(&c, (size_t)batch * out_features * sizeof(float));
    linear<<<dim3((out_features + TILE - 1) / TILE, (batch + TILE - 1) / TILE), dim3(TILE, 8)>>>(x, weight, bias, c, batch,
                                                                                                 out_features, in_features);
    sigmoid_sum<<<batch, 128>>>(c, y, out_features);
}
