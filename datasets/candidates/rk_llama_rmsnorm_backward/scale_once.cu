#include <cuda_runtime.h>

__device__ float block_sum(float v) {
    __shared__ float partial[32];
    for (int offset = 16; offset > 0; offset >>= 1) v += __shfl_xor_sync(0xffffffff, v, offset);
    __syncthreads();
    if (threadIdx.x % 32 == 0) partial[threadIdx.x / 32] = v;
    __syncthreads();
    v = 0.f;
    for (int w = 0; w < (int)blockDim.x / 32; ++w) v += partial[w];
    return v;
}

__global__ void input_gradient(const float* __restrict__ dy, const float* __restrict__ x, const float* __restrict__ w,
                               float* __restrict__ dx, float* __restrict__ scales, int features, float eps) {
    const size_t first = (size_t)blockIdx.x * features;
    float squares = 0.f, products = 0.f;
    for (int i = threadIdx.x; i < features; i += blockDim.x) {
        const float v = x[first + i];
        squares = fmaf(v, v, squares);
        products = fmaf(dy[first + i] * w[i], v, products);
    }
    squares = block_sum(squares);
    products = block_sum(products);
    const float scale = rsqrtf(squares / features + eps);
    const float factor = products / features * scale;
    for (int i = threadIdx.x; i < features; i += blockDim.x) {
        dx[first + i] = scale * (dy[first + i] * w[i] - x[first + i] * factor);
    }
    if (threadIdx.x == 0) scales[blockIdx.x] = scale;
}

__global__ void weight_gradient(const float* __restrict__ dy, const float* __restrict__ x, const float* __restrict__ scales,
                                float* __restrict__ dw, int rows, int features) {
    __shared__ float partial[8][33];
    const int i = blockIdx.x * 32 + threadIdx.x;
    float sum = 0.f;
    if (i < features) {
        for (int r = threadIdx.y; r < rows; r += 8) sum += dy[(size_t)r * features + i] * x[(size_t)r * features + i] * scales[r];
    }
    partial[threadIdx.y][threadIdx.x] = sum;
    __syncthreads();
    if (threadIdx.y == 0 && i < features) {
        for (int k = 1; k < 8; ++k) sum += partial[k][threadIdx.x];
        dw[i] = sum;
    }
}

extern "C" void solve(const float* dy, const float* x, const float* w, float* dx, float* dw, int batch, int tokens,
                      int features, float eps) {
    const int rows = batch * tokens;
    float* scales;
    cudaMalloc(&scales, rows * sizeof(float));
    input_gradient<<<rows, 256>>>(dy, x, w, dx, scales, features, eps);
    weight_gradient<<<(features + 31) / 32, dim3(32, 8)>>>(dy, x, scales, dw, rows, features);
}
