#include <cuda_fp16.h>
#include <cuda_runtime.h>

// One thread per output element; the batch is the z dimension of the grid.
__global__ void batched_matmul_kernel(const __half* A, const __half* B, float* C, int M, int N, int K) {
    int batch = blockIdx.z;
    int row = blockIdx.y * blockDim.y + threadIdx.y;
    int col = blockIdx.x * blockDim.x + threadIdx.x;
    if (row >= M || col >= N) return;

    const __half* a = A + (size_t)batch * M * K;
    const __half* b = B + (size_t)batch * K * N;

    float acc = 0.0f;
    for (int i = 0; i < K; ++i) {
        acc += __half2float(a[row * K + i]) * __half2float(b[i * N + col]);
    }
    C[(size_t)batch * M * N + row * N + col] = acc;
}

extern "C" void solve(const __half* a, const __half* b, float* c, int batch, int m, int n, int k) {
    dim3 block(16, 16);
    dim3 grid((n + 15) / 16, (m + 15) / 16, batch);
    batched_matmul_kernel<<<grid, block>>>(a, b, c, m, n, k);
    cudaDeviceSynchronize();
}
