// task: kb1_039_l2norm
#include <cuda_runtime.h>
#include <math.h>

__global__ void l2_normalize(const float* X, float* Y, const size_t B, const size_t D)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= B) return;
    float sum = 0.0f;
    for (int j = 0; j < D; j++) {
        sum += pow(X[i * D + j], 2);
    }
    float norm = sqrt(sum);
    for (int j = 0; j < D; j++) {
        Y[i * D + j] = X[i * D + j] / norm;
    }
}

extern "C" void solution(const float* X, float* Y, size_t B, size_t D) {
    int threadsPerBlock = 256;
    int blocksPerGrid = (B + threadsPerBlock - 1) / threadsPerBlock;
    l2_normalize<<<blocksPerGrid, threadsPerBlock>>>(X, Y, B, D);
    cudaDeviceSynchronize();
}
