// task: vector_add
#include "solve.h"
#include <cuda_runtime.h>
#define FLOAT4(v) (reinterpret_cast<float4*>(&(v))[0])
#define CFLOAT4(v) (reinterpret_cast<const float4*>(&(v))[0])

__global__ void add4(const float* A, const float* B, float* C, int N) {
    int i = 4 * (threadIdx.x + blockDim.x * blockIdx.x);
    if (i + 3 < N) {
        float4 a = CFLOAT4(A[i]), b = CFLOAT4(B[i]), c;
        c.x = a.x + b.x; c.y = a.y + b.y; c.z = a.z + b.z; c.w = a.w + b.w;
        FLOAT4(C[i]) = c;
    } else {
        for (; i < N; ++i) C[i] = A[i] + B[i];
    }
}

void solve(const float* A, const float* B, float* C, int N) {
    dim3 block(256);
    dim3 grid(((N + 3) / 4 + block.x - 1) / block.x);
    add4<<<grid, block>>>(A, B, C, N);
    cudaDeviceSynchronize();
}
