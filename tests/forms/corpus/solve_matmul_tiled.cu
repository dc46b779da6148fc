// task: matmul
#include <cuda_runtime.h>
#include <stdio.h>
#define TILE_WIDTH 16
#define cdiv(a, b) (((a) + (b) - 1) / (b))

__global__ void matrix_multiplication_kernel(const float* A, const float* B, float* C, int M, int N, int K) {
    __shared__ float As[TILE_WIDTH][TILE_WIDTH];
    __shared__ float Bs[TILE_WIDTH][TILE_WIDTH];
    int tx = threadIdx.x, ty = threadIdx.y;
    int row = blockIdx.y * TILE_WIDTH + ty, col = blockIdx.x * TILE_WIDTH + tx;
    float value = 0;
    for (int p = 0; p < cdiv(K, TILE_WIDTH); ++p) {
        As[ty][tx] = (row < M && p * TILE_WIDTH + tx < K) ? A[row * K + p * TILE_WIDTH + tx] : 0;
        Bs[ty][tx] = (col < N && p * TILE_WIDTH + ty < K) ? B[(p * TILE_WIDTH + ty) * N + col] : 0;
        __syncthreads();
        for (int k = 0; k < TILE_WIDTH; ++k) value += As[ty][k] * Bs[k][tx];
        __syncthreads();
    }
    if (row < M && col < N) C[row * N + col] = value;
}

extern "C" void solve(const float* A, const float* B, float* C, int M, int N, int K) {
    dim3 threadsPerBlock(TILE_WIDTH, TILE_WIDTH);
    dim3 blocksPerGrid(cdiv(N, TILE_WIDTH), cdiv(M, TILE_WIDTH));
    matrix_multiplication_kernel<<<blocksPerGrid, threadsPerBlock>>>(A, B, C, M, N, K);
    cudaError_t err = cudaGetLastError();
    if (err != cudaSuccess) printf("launch failed: %s\n", cudaGetErrorString(err));
    cudaDeviceSynchronize();
}
