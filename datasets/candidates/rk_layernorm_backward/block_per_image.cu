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

// A block for each image: statistics, the two sums, dx; then a thread for each element of an image over the batch.
__global__ void image_gradient(const float* __restrict__ dy, const float* __restrict__ x, const float* __restrict__ weight,
                               float* __restrict__ dx, float2* __restrict__ statistics, int count, float eps) {
    const size_t first = (size_t)blockIdx.x * count;
    float sum = 0.f;
    for (int i = threadIdx.x; i < count; i += blockDim.x) sum += x[first + i];
    const float mean = block_sum(sum) / count;
    float squares = 0.f;
    for (int i = threadIdx.x; i < count; i += blockDim.x) {
        const float d = x[first + i] - mean;
        squares = fmaf(d, d, squares);
    }
    const float scale = rsqrtf(block_sum(squares) / count + eps);
    float of_g = 0.f, of_gn = 0.f;
    for (int i = threadIdx.x; i < count; i += blockDim.x) {
        const float g = dy[first + i] * weight[i];
        of_g += g;
        of_gn = fmaf(g, (x[first + i] - mean) * scale, of_gn);
    }
    of_g = block_sum(of_g) / count;
    of_gn = block_sum(of_gn) / count;
    for (int i = threadIdx.x; i < count; i += blockDim.x) {
        const float n = (x[first + i] - mean) * scale;
        dx[first + i] = scale * (dy[first + i] * weight[i] - of_g - n * of_gn);
    }
    if (threadIdx.x == 0) statistics[blockIdx.x] = make_float2(mean, scale);
}

__global__ void parameter_gradients(const float* __restrict__ dy, const float* __restrict__ x,
                                    const float2* __restrict__ statistics, float* __restrict__ dweight,
                                    float* __restrict__ dbias, int batch, int count) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= count) return;
    float of_weight = 0.f, of_bias = 0.f;
    for (int b = 0; b < batch; ++b) {
        const float d = dy[(size_t)b * count + i];
        of_bias += d;
        of_weight = fmaf(d, (x[(size_t)b * count + i] - statistics[b].x) * statistics[b].y, of_weight);
    }
    dweight[i] = of_weight;
    dbias[i] = of_bias;
}

extern "C" void solve(const float* dy, const float* x, const float* weight, float* dx, float* dweight, float* dbias, int batch,
                      int features, int dim1, int dim2, float eps) {
    const int count = features * dim1 * dim2;
    float2* statistics;
    cudaMalloc(&statistics, batch * sizeof(float2));
    image_gradient<<<batch, 512>>>(dy, x, weight, dx, statistics, count, eps);
    parameter_gradients<<<(count + 255) / 256, 256>>>(dy, x, statistics, dweight, dbias, batch, count);
}
