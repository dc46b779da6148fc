// task: kb1_089_cumsum
#include <cuda_runtime.h>
#include <cub/cub.cuh>

template <int THREADS, int ITEMS>
__global__ void row_scan(const float* in, float* out, size_t cols) {
    using Scan = cub::BlockScan<float, THREADS>;
    __shared__ typename Scan::TempStorage storage;
    float carry = 0.f;
    const float* p = in + (size_t)blockIdx.x * cols;
    float* q = out + (size_t)blockIdx.x * cols;
    for (size_t base = 0; base < cols; base += THREADS * ITEMS) {
        float v[ITEMS];
#pragma unroll
        for (int i = 0; i < ITEMS; ++i) { size_t c = base + threadIdx.x * ITEMS + i; v[i] = c < cols ? p[c] : 0.f; }
        float total;
        Scan(storage).InclusiveSum(v, v, total);
        __syncthreads();
#pragma unroll
        for (int i = 0; i < ITEMS; ++i) { size_t c = base + threadIdx.x * ITEMS + i; if (c < cols) q[c] = v[i] + carry; }
        carry += total;
    }
}

extern "C" void solution(const float* input, float* output, size_t rows, size_t cols) {
    row_scan<128, 4><<<rows, 128>>>(input, output, cols);
}
