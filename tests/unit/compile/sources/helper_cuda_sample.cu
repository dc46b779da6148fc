#include <helper_cuda.h>
#include <helper_functions.h>
#include <cuda_runtime.h>

__global__ void transposeNoBankConflicts(float* odata, const float* idata, int width, int height) {
    __shared__ float tile[32][33];
    int x = blockIdx.x * 32 + threadIdx.x;
    int y = blockIdx.y * 32 + threadIdx.y;
    for (int j = 0; j < 32; j += 8)
        if (x < width && y + j < height) tile[threadIdx.y + j][threadIdx.x] = idata[(y + j) * width + x];
    __syncthreads();
    x = blockIdx.y * 32 + threadIdx.x;
    y = blockIdx.x * 32 + threadIdx.y;
    for (int j = 0; j < 32; j += 8)
        if (x < height && y + j < width) odata[(y + j) * height + x] = tile[threadIdx.x][threadIdx.y + j];
}
extern "C" void solve(const float* in, float* out, int width, int height) {
    dim3 dimGrid((width + 31) / 32, (height + 31) / 32, 1), dimBlock(32, 8, 1);
    transposeNoBankConflicts<<<dimGrid, dimBlock>>>(out, in, width, height);
    getLastCudaError("transpose failed");
    checkCudaErrors(cudaDeviceSynchronize());
}
