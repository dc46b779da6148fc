#include <cuda_runtime.h>

#define TILE_SIZE 16

// Tiled matrix multiplication using shared memory.
__global__ void matmul_tiled(const float* A, const float* B, float* C, int M, int N, int K) {
    __shared__ float As[TILE_SIZE][TILE_SIZE];
    __shared__ float Bs[TILE_SIZE][TILE_SIZE];

    int tx = threadIdx.x, ty = threadIdx.y;
    int row = blockIdx.y * TILE_SIZE + ty;
    int col = blockIdx.x * TILE_SIZE + tx;
    float value = 0.0f;

    int numTiles = K / TILE_SIZE;
    for (int t = 0; t < numTiles; t++) {
        As[ty][tx] = row < M ? A[row * K + t * TILE_SIZE + tx] : 0.0f;
        Bs[ty][tx] = col < N ? B[(t * TILE_SIZE + ty) * N + col] : 0.0f;
        __syncthreads();

        for (int k = 0; k < TILE_SIZE; k++) {
            value += As[ty][k] * Bs[k][tx];
        }
        __syncthreads();
    }

    if (row < M && col < N) {
        C[row * N + col] = value;
    }
}

extern "C" void solve(const float* a, const float* b, float* c, int m, int n, int k) {
    dim3 block(TILE_SIZE, TILE_SIZE);
    dim3 grid((n + TILE_SIZE - 1) / TILE_SIZE, (m + TILE_SIZE - 1) / TILE_SIZE);
    matmul_tiled<<<grid, block>>>(a, b, c, m, n, k);
    cudaDeviceSynchronize();
}
