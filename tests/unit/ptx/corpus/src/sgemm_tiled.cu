// options: -arch=compute_90
// C = A B, row major, through 32 x 32 tiles in shared memory with 4 x 4 results a thread.
constexpr int tile = 32;

extern "C" __global__ void __launch_bounds__(64, 4) sgemm(const float* __restrict__ a, const float* __restrict__ b,
                                                          float* __restrict__ c, int m, int n, int k) {
    __shared__ float as[tile][tile + 1];
    __shared__ float bs[tile][tile];
    const int row = blockIdx.y * tile;
    const int column = blockIdx.x * tile;
    const int ty = threadIdx.x / 8;
    const int tx = threadIdx.x % 8;
    float sum[4][4] = {};
    for (int k0 = 0; k0 < k; k0 += tile) {
        for (int i = threadIdx.x; i < tile * tile; i += 64) {
            const int y = i / tile;
            const int x = i % tile;
            as[y][x] = row + y < m && k0 + x < k ? a[(row + y) * k + k0 + x] : 0.0f;
            bs[y][x] = k0 + y < k && column + x < n ? b[(k0 + y) * n + column + x] : 0.0f;
        }
        __syncthreads();
#pragma unroll 2
        for (int x = 0; x < tile; ++x) {
            for (int i = 0; i < 4; ++i) {
                for (int j = 0; j < 4; ++j) {
                    sum[i][j] += as[ty * 4 + i][x] * bs[x][tx * 4 + j];
                }
            }
        }
        __syncthreads();
    }
    for (int i = 0; i < 4; ++i) {
        for (int j = 0; j < 4; ++j) {
            const int y = row + ty * 4 + i;
            const int x = column + tx * 4 + j;
            if (y < m && x < n) {
                c[y * n + x] = sum[i][j];
            }
        }
    }
}
