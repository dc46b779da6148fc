// task: softmax
#include <algorithm>
#include <cooperative_groups.h>
#include <cuda_runtime.h>
#include <float.h>
#include <math.h>

__device__ float g_max[4096];
__device__ float g_sum[4096];

template <int THREADS>
__global__ void two_phases(const float* x, float* y, int rows, int cols) {
    cooperative_groups::grid_group grid = cooperative_groups::this_grid();
    __shared__ float part[THREADS];
    for (int r = blockIdx.x; r < rows; r += gridDim.x) {
        float m = -FLT_MAX;
        for (int c = threadIdx.x; c < cols; c += THREADS) m = fmaxf(m, x[(size_t)r * cols + c]);
        part[threadIdx.x] = m;
        __syncthreads();
        for (int w = THREADS / 2; w; w >>= 1) {
            if (threadIdx.x < w) part[threadIdx.x] = fmaxf(part[threadIdx.x], part[threadIdx.x + w]);
            __syncthreads();
        }
        m = part[0];
        __syncthreads();
        float s = 0.f;
        for (int c = threadIdx.x; c < cols; c += THREADS) s += expf(x[(size_t)r * cols + c] - m);
        part[threadIdx.x] = s;
        __syncthreads();
        for (int w = THREADS / 2; w; w >>= 1) {
            if (threadIdx.x < w) part[threadIdx.x] += part[threadIdx.x + w];
            __syncthreads();
        }
        if (threadIdx.x == 0) { g_max[r] = m; g_sum[r] = part[0]; }
        __syncthreads();
    }
    grid.sync();
    for (size_t i = blockIdx.x * (size_t)THREADS + threadIdx.x; i < (size_t)rows * cols; i += (size_t)gridDim.x * THREADS)
        y[i] = expf(x[i] - g_max[i / cols]) / g_sum[i / cols];
}

extern "C" void solve(const float* x, float* y, int rows, int cols) {
    constexpr int threads = 256;
    int device = 0, sms = 0, per_sm = 0;
    cudaGetDevice(&device);
    cudaDeviceGetAttribute(&sms, cudaDevAttrMultiProcessorCount, device);
    cudaOccupancyMaxActiveBlocksPerMultiprocessor(&per_sm, two_phases<threads>, threads, 0);
    int blocks = std::min(rows, sms * per_sm);
    void* args[] = {(void*)&x, (void*)&y, (void*)&rows, (void*)&cols};
    cudaLaunchCooperativeKernel((void*)two_phases<threads>, dim3(blocks, 1, 1), dim3(threads, 1, 1), args, 0, 0);
}
