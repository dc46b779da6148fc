// task: kb1_004_matrix_vector_multiplication
#include <cuda_runtime.h>

template <unsigned int W>
__device__ __forceinline__ float warp_reduce(float v) {
    if constexpr (W >= 32) v += __shfl_down_sync(0xffffffff, v, 16);
    if constexpr (W >= 16) v += __shfl_down_sync(0xffffffff, v, 8);
    v += __shfl_down_sync(0xffffffff, v, 4);
    v += __shfl_down_sync(0xffffffff, v, 2);
    v += __shfl_down_sync(0xffffffff, v, 1);
    return v;
}
__global__ void gemv(const float* __restrict__ A, const float* __restrict__ x, float* __restrict__ y, size_t m, size_t k) {
    const unsigned warp = threadIdx.y, lane = threadIdx.x;
    const size_t row = (size_t)blockIdx.x * blockDim.y + warp;
    if (row >= m) return;
    float s = 0.f;
    for (size_t i = lane; i < k; i += 32) s += A[row * k + i] * __ldg(x + i);
    s = warp_reduce<32>(s);
    if (lane == 0) y[row] = s;
}

extern "C" void solution(const float* input_a, const float* input_b, float* output_c, size_t m, size_t k) {
    dim3 block(32, 8);
    gemv<<<(m + 7) / 8, block>>>(input_a, input_b, output_c, m, k);
}
