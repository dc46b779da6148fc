// The kernels that the virtual GPU is compared on, as they are usually written; peers.cl has their twins.
#include <cuda_fp16.h>
#include <mma.h>

constexpr int tile = 16;

extern "C" __global__ void sgemm_naive(const float* a, const float* b, float* c, int n) {
    int row = blockIdx.y * blockDim.y + threadIdx.y;
    int column = blockIdx.x * blockDim.x + threadIdx.x;
    if (row >= n || column >= n) {
        return;
    }
    float sum = 0.0f;
    for (int k = 0; k < n; ++k) {
        sum += a[row * n + k] * b[k * n + column];
    }
    c[row * n + column] = sum;
}

extern "C" __global__ void sgemm_tiled(const float* a, const float* b, float* c, int n) {
    __shared__ float of_a[tile][tile];
    __shared__ float of_b[tile][tile];
    int x = threadIdx.x, y = threadIdx.y;
    int row = blockIdx.y * tile + y, column = blockIdx.x * tile + x;
    float sum = 0.0f;
    for (int k = 0; k < n; k += tile) {
        of_a[y][x] = a[row * n + k + x];
        of_b[y][x] = b[(k + y) * n + column];
        __syncthreads();
        for (int i = 0; i < tile; ++i) {
            sum += of_a[y][i] * of_b[i][x];
        }
        __syncthreads();
    }
    c[row * n + column] = sum;
}

// 64 x 64 elements of C for a block of 256 threads, 4 x 4 for a thread.
extern "C" __global__ void sgemm_register(const float* a, const float* b, float* c, int n) {
    constexpr int side = 64, depth = 16;
    __shared__ float of_a[depth][side];
    __shared__ float of_b[depth][side];
    int t = threadIdx.x;
    int x = t % 16, y = t / 16;
    int row = blockIdx.y * side, column = blockIdx.x * side;
    float sum[4][4] = {};
    for (int k = 0; k < n; k += depth) {
        for (int i = t; i < side * depth; i += 256) {
            of_a[i % depth][i / depth] = a[(row + i / depth) * n + k + i % depth];
            of_b[i / side][i % side] = b[(k + i / side) * n + column + i % side];
        }
        __syncthreads();
        for (int i = 0; i < depth; ++i) {
            float left[4], right[4];
            for (int j = 0; j < 4; ++j) {
                left[j] = of_a[i][y * 4 + j];
                right[j] = of_b[i][x * 4 + j];
            }
            for (int j = 0; j < 4; ++j) {
                for (int l = 0; l < 4; ++l) {
                    sum[j][l] += left[j] * right[l];
                }
            }
        }
        __syncthreads();
    }
    for (int j = 0; j < 4; ++j) {
        for (int l = 0; l < 4; ++l) {
            c[(row + y * 4 + j) * n + column + x * 4 + l] = sum[j][l];
        }
    }
}

extern "C" __global__ void reduce_sum(const float* x, float* partial, int n) {
    __shared__ float sums[256];
    int t = threadIdx.x;
    float sum = 0.0f;
    for (int i = blockIdx.x * blockDim.x + t; i < n; i += gridDim.x * blockDim.x) {
        sum += x[i];
    }
    sums[t] = sum;
    __syncthreads();
    for (int step = 128; step > 0; step /= 2) {
        if (t < step) {
            sums[t] += sums[t + step];
        }
        __syncthreads();
    }
    if (t == 0) {
        partial[blockIdx.x] = sums[0];
    }
}

extern "C" __global__ void softmax_block(const float* x, float* y, int n) {
    __shared__ float shared[256];
    int t = threadIdx.x;
    const float* row = x + blockIdx.x * n;
    float highest = -3.0e38f;
    for (int i = t; i < n; i += blockDim.x) {
        highest = fmaxf(highest, row[i]);
    }
    shared[t] = highest;
    __syncthreads();
    for (int step = 128; step > 0; step /= 2) {
        if (t < step) {
            shared[t] = fmaxf(shared[t], shared[t + step]);
        }
        __syncthreads();
    }
    highest = shared[0];
    __syncthreads();
    float sum = 0.0f;
    for (int i = t; i < n; i += blockDim.x) {
        sum += expf(row[i] - highest);
    }
    shared[t] = sum;
    __syncthreads();
    for (int step = 128; step > 0; step /= 2) {
        if (t < step) {
            shared[t] += shared[t + step];
        }
        __syncthreads();
    }
    float scale = 1.0f / shared[0];
    for (int i = t; i < n; i += blockDim.x) {
        y[blockIdx.x * n + i] = expf(row[i] - highest) * scale;
    }
}

// A warp for each row. It has no twin: OpenCL's sub-groups are missing from PoCL 3.1.
extern "C" __global__ void softmax_warp(const float* x, float* y, int n, int rows) {
    int lane = threadIdx.x % 32;
    int at = (blockIdx.x * blockDim.x + threadIdx.x) / 32;
    if (at >= rows) {
        return;
    }
    const float* row = x + at * n;
    float highest = -3.0e38f;
    for (int i = lane; i < n; i += 32) {
        highest = fmaxf(highest, row[i]);
    }
    for (int step = 16; step > 0; step /= 2) {
        highest = fmaxf(highest, __shfl_xor_sync(0xffffffff, highest, step));
    }
    float sum = 0.0f;
    for (int i = lane; i < n; i += 32) {
        sum += expf(row[i] - highest);
    }
    for (int step = 16; step > 0; step /= 2) {
        sum += __shfl_xor_sync(0xffffffff, sum, step);
    }
    for (int i = lane; i < n; i += 32) {
        y[at * n + i] = expf(row[i] - highest) / sum;
    }
}

extern "C" __global__ void layer_norm(const float* x, const float* weight, const float* bias, float* y, int n) {
    __shared__ float sums[256];
    __shared__ float squares[256];
    int t = threadIdx.x;
    const float* row = x + blockIdx.x * n;
    float sum = 0.0f, square = 0.0f;
    for (int i = t; i < n; i += blockDim.x) {
        float value = row[i];
        sum += value;
        square += value * value;
    }
    sums[t] = sum;
    squares[t] = square;
    __syncthreads();
    for (int step = 128; step > 0; step /= 2) {
        if (t < step) {
            sums[t] += sums[t + step];
            squares[t] += squares[t + step];
        }
        __syncthreads();
    }
    float mean = sums[0] / n;
    float scale = rsqrtf(squares[0] / n - mean * mean + 1e-5f);
    for (int i = t; i < n; i += blockDim.x) {
        y[blockIdx.x * n + i] = (row[i] - mean) * scale * weight[i] + bias[i];
    }
}

extern "C" __global__ void transpose(const float* x, float* y, int n) {
    __shared__ float part[32][33];
    int column = blockIdx.x * 32 + threadIdx.x, row = blockIdx.y * 32 + threadIdx.y;
    for (int i = 0; i < 32; i += 8) {
        part[threadIdx.y + i][threadIdx.x] = x[(row + i) * n + column];
    }
    __syncthreads();
    column = blockIdx.y * 32 + threadIdx.x;
    row = blockIdx.x * 32 + threadIdx.y;
    for (int i = 0; i < 32; i += 8) {
        y[(row + i) * n + column] = part[threadIdx.x][threadIdx.y + i];
    }
}

extern "C" __global__ void vector_add(const float* a, const float* b, float* c, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        c[i] = a[i] + b[i];
    }
}

// Half precision in, single out: 64 x 64 elements of C for a block of four warps, 32 x 32 for a warp, through shared
// memory.
extern "C" __global__ void tensor_gemm(const __half* a, const __half* b, float* c, int n) {
    using namespace nvcuda;
    constexpr int side = 64, depth = 32;
    __shared__ __align__(32) __half of_a[side][depth];
    __shared__ __align__(32) __half of_b[depth][side];
    int warp = threadIdx.x / 32;
    int row = blockIdx.y * side, column = blockIdx.x * side;
    wmma::fragment<wmma::accumulator, 16, 16, 16, float> sum[2][2];
    for (int i = 0; i < 2; ++i) {
        for (int j = 0; j < 2; ++j) {
            wmma::fill_fragment(sum[i][j], 0.0f);
        }
    }
    for (int k = 0; k < n; k += depth) {
        for (int i = threadIdx.x * 8; i < side * depth; i += 128 * 8) {
            *(int4*)&of_a[i / depth][i % depth] = *(const int4*)&a[(row + i / depth) * n + k + i % depth];
            *(int4*)&of_b[i / side][i % side] = *(const int4*)&b[(k + i / side) * n + column + i % side];
        }
        __syncthreads();
        for (int i = 0; i < depth; i += 16) {
            wmma::fragment<wmma::matrix_a, 16, 16, 16, __half, wmma::row_major> left[2];
            wmma::fragment<wmma::matrix_b, 16, 16, 16, __half, wmma::row_major> right[2];
            for (int j = 0; j < 2; ++j) {
                wmma::load_matrix_sync(left[j], &of_a[warp / 2 * 32 + j * 16][i], depth);
                wmma::load_matrix_sync(right[j], &of_b[i][warp % 2 * 32 + j * 16], side);
            }
            for (int j = 0; j < 2; ++j) {
                for (int l = 0; l < 2; ++l) {
                    wmma::mma_sync(sum[j][l], left[j], right[l], sum[j][l]);
                }
            }
        }
        __syncthreads();
    }
    for (int i = 0; i < 2; ++i) {
        for (int j = 0; j < 2; ++j) {
            float* to = c + (row + warp / 2 * 32 + i * 16) * n + column + warp % 2 * 32 + j * 16;
            wmma::store_matrix_sync(to, sum[i][j], n, wmma::mem_row_major);
        }
    }
}
