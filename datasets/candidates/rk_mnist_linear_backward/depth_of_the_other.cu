#include <cuda_runtime.h>

// One kernel for both products: blocks of z = 0 compute dx = dy weights, those of z = 1 dweights = dy^T x.
constexpr int TILE = 16;

__global__ void gradients(const float* __restrict__ dy, const float* __restrict__ x, const float* __restrict__ weights,
                          float* __restrict__ dx, float* __restrict__ dweights, float* __restrict__ dbiases, int batch, int in,
                          int out) {
    __shared__ float left[TILE][TILE + 1], right[TILE][TILE + 1];
    const bool of_input = blockIdx.z == 0;
    const int rows = of_input ? batch : out, depth = of_input ? out : batch;
    const int row0 = blockIdx.y * TILE, col = blockIdx.x * TILE + threadIdx.x;
    if (row0 >= rows) return;
    float sum = 0.f, bias = 0.f;
    for (int k0 = 0; k0 < (of_input ? batch : out); k0 += TILE) {
        if (of_input) {
            const int r = row0 + threadIdx.y, k = k0 + threadIdx.x;
            left[threadIdx.y][threadIdx.x] = (r < batch && k < out) ? dy[(size_t)r * out + k] : 0.f;
        } else {
            const int k = k0 + threadIdx.y, r = row0 + threadIdx.x;
            left[threadIdx.x][threadIdx.y] = (k < batch && r < out) ? dy[(size_t)k * out + r] : 0.f;
        }
        const int k = k0 + threadIdx.y;
        right[threadIdx.y][threadIdx.x] = (k < depth && col < in) ? (of_input ? weights : x)[(size_t)k * in + col] : 0.f;
        __syncthreads();
#pragma unroll
        for (int i = 0; i < TILE; ++i) {
            sum = fmaf(left[threadIdx.y][i], right[i][threadIdx.x], sum);
            bias += left[threadIdx.y][i];
        }
        __syncthreads();
    }
    const int row = row0 + threadIdx.y;
    if (row < rows && col < in) (of_input ? dx : dweights)[(size_t)row * in + col] = sum;
    if (!of_input && row < out && blockIdx.x == 0 && threadIdx.x == 0) dbiases[row] = bias;
}

extern "C" void solve(const float* dy, const float* x, const float* weights, float* dx, float* dweights, float* dbiases, int batch,
                      int in_features, int out_features) {
    const int rows = batch > out_features ? batch : out_features;
    gradients<<<dim3((in_features + TILE - 1) / TILE, (rows + TILE - 1) / TILE, 2), dim3(TILE, TILE)>>>(
        dy, x, weights, dx, dweights, dbiases, batch, in_features, out_features);
}
