// The __pipeline_* functions, four stages of rows in flight.
#include <cuda_pipeline.h>
#include <cuda_runtime.h>

constexpr int kStages = 4, kRows = 8;

__global__ void transpose(const float* x, float* y, int rows, int cols) {
    __shared__ float ring[kStages][kRows][33];
    const int c = blockIdx.x * 32 + threadIdx.x, slabs = (rows + kRows - 1) / kRows;
    auto fetch = [&](int slab) {
        const int r = slab * kRows + threadIdx.y;
        if (slab < slabs && r < rows && c < cols) {
            __pipeline_memcpy_async(&ring[slab % kStages][threadIdx.y][threadIdx.x], x + (size_t)r * cols + c, 4);
        }
        __pipeline_commit();
    };
    for (int s = 0; s < kStages - 1; ++s) fetch(s);
    for (int slab = 0; slab < slabs; ++slab) {
        fetch(slab + kStages - 1);
        __pipeline_wait_prior(kStages - 1);
        __syncthreads();
        const int t = threadIdx.y * 32 + threadIdx.x, r = slab * kRows + t % kRows, out = blockIdx.x * 32 + t / kRows;
        if (r < rows && out < cols) y[(size_t)out * rows + r] = ring[slab % kStages][t % kRows][t / kRows];
        __syncthreads();
    }
}

extern "C" void solve(const float* x, float* y, int rows, int cols) {
    transpose<<<(cols + 31) / 32, dim3(32, kRows)>>>(x, y, rows, cols);
}
