#include <cuda_runtime.h>

#define TILE_DIM 32
#define BLOCK_ROWS 8

// Coalesced reads and writes through a shared-memory tile. The extra column avoids bank conflicts.
__global__ void transposeNoBankConflicts(float* __restrict__ odata, const float* __restrict__ idata, int rows, int cols) {
    __shared__ float tile[TILE_DIM][TILE_DIM + 1];

    int x = blockIdx.x * TILE_DIM + threadIdx.x;
    int y = blockIdx.y * TILE_DIM + threadIdx.y;

#pragma unroll
    for (int j = 0; j < TILE_DIM; j += BLOCK_ROWS) {
        if (x < cols && (y + j) < rows) {
            tile[threadIdx.y + j][threadIdx.x] = idata[(size_t)(y + j) * cols + x];
        }
    }

    __syncthreads();

    x = blockIdx.y * TILE_DIM + threadIdx.x;  // transpose block offset
    y = blockIdx.x * TILE_DIM + threadIdx.y;

#pragma unroll
    for (int j = 0; j < TILE_DIM; j += BLOCK_ROWS) {
        if (x < rows && (y + j) < cols) {
            odata[(size_t)(y + j) * rows + x] = tile[threadIdx.x][threadIdx.y + j];
        }
    }
}

extern "C" void solve(const float* x, float* y, int rows, int cols) {
    dim3 dimBlock(TILE_DIM, BLOCK_ROWS, 1);
    dim3 dimGrid((cols + TILE_DIM - 1) / TILE_DIM, (rows + TILE_DIM - 1) / TILE_DIM, 1);
    transposeNoBankConflicts<<<dimGrid, dimBlock>>>(y, x, rows, cols);
}
