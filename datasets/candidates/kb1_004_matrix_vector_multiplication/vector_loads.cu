#include <cuda_runtime.h>

__global__ void matvec(const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c, int k) {
    __shared__ float partial[32];
    const float* row = a + (size_t)blockIdx.x * k;
    float sum = 0.f;
    // A row begins on 16 bytes only if k is a multiple of 4 (or by chance): single elements up to there.
    const int head = min(k, (int)((16 - (reinterpret_cast<size_t>(row) & 15)) / 4 % 4));
    const bool aligned = (reinterpret_cast<size_t>(b + head) & 15) == 0;
    if (aligned) {
        const int quads = (k - head) / 4;
        const float4* row4 = reinterpret_cast<const float4*>(row + head);
        const float4* b4 = reinterpret_cast<const float4*>(b + head);
        for (int i = threadIdx.x; i < quads; i += blockDim.x) {
            const float4 u = row4[i], v = b4[i];
            sum += u.x * v.x + u.y * v.y + u.z * v.z + u.w * v.w;
        }
        for (int i = threadIdx.x; i < head; i += blockDim.x) sum += row[i] * b[i];
        for (int i = head + quads * 4 + threadIdx.x; i < k; i += blockDim.x) sum += row[i] * b[i];
    } else {
        for (int i = threadIdx.x; i < k; i += blockDim.x) sum += row[i] * b[i];
    }
    for (int offset = 16; offset > 0; offset >>= 1) sum += __shfl_down_sync(0xffffffff, sum, offset);
    if (threadIdx.x % 32 == 0) partial[threadIdx.x / 32] = sum;
    __syncthreads();
    if (threadIdx.x < 32) {
        sum = threadIdx.x < blockDim.x / 32 ? partial[threadIdx.x] : 0.f;
        for (int offset = 16; offset > 0; offset >>= 1) sum += __shfl_down_sync(0xffffffff, sum, offset);
        if (threadIdx.x == 0) c[blockIdx.x] = sum;
    }
}

extern "C" void solve(const float* a, const float* b, float* c, int m, int k) {
    matvec<<<m, 256>>>(a, b, c, k);
}
