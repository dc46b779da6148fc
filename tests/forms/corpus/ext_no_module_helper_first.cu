// task: kb1_013_matmul_for_symmetric_matrices
#include <torch/extension.h>
#include <cuda_runtime.h>

const int TILE = 16;

__global__ void product_kernel(const float* a, const float* b, float* c, int n) {
    __shared__ float sa[TILE][TILE];
    __shared__ float sb[TILE][TILE];
    const int row = blockIdx.y * TILE + threadIdx.y, col = blockIdx.x * TILE + threadIdx.x;
    float s = 0;
    for (int t = 0; t < n; t += TILE) {
        sa[threadIdx.y][threadIdx.x] = row < n && t + threadIdx.x < n ? a[row * n + t + threadIdx.x] : 0;
        sb[threadIdx.y][threadIdx.x] = col < n && t + threadIdx.y < n ? b[(t + threadIdx.y) * n + col] : 0;
        __syncthreads();
        for (int i = 0; i < TILE; i++) s += sa[threadIdx.y][i] * sb[i][threadIdx.x];
        __syncthreads();
    }
    if (row < n && col < n) c[row * n + col] = s;
}

int blocks_for(int n) { return (n + TILE - 1) / TILE; }

torch::Tensor symmetric_product(torch::Tensor A, torch::Tensor B) {
    auto size = A.sizes();
    const int n = size[0];
    auto C = torch::zeros({n, n}, torch::TensorOptions().dtype(torch::kFloat32).device(torch::kCUDA));
    product_kernel<<<dim3(blocks_for(n), blocks_for(n)), dim3(TILE, TILE)>>>(A.data_ptr<float>(), B.data_ptr<float>(), C.data_ptr<float>(), n);
    cudaDeviceSynchronize();
    return C;
}
