// A warp transposes 32 x 32 elements in registers: five steps of exchanges between lanes, no shared memory.
#include <cuda_runtime.h>

__global__ void transpose(const float* x, float* y, int rows, int cols) {
    const int lane = threadIdx.x;
    const int row0 = blockIdx.y * 32, col0 = blockIdx.x * 32;
    float held[32];
#pragma unroll
    for (int r = 0; r < 32; ++r) {
        held[r] = row0 + r < rows && col0 + lane < cols ? x[(size_t)(row0 + r) * cols + col0 + lane] : 0.0f;
    }
#pragma unroll
    for (int step = 16; step > 0; step >>= 1) {
        const bool upper = lane & step;
#pragma unroll
        for (int r = 0; r < 32; ++r) {
            if (r & step) continue;
            const float mine = upper ? held[r] : held[r | step];
            const float theirs = __shfl_xor_sync(0xffffffffu, mine, step);
            if (upper) held[r] = theirs; else held[r | step] = theirs;
        }
    }
#pragma unroll
    for (int c = 0; c < 32; ++c) {
        if (col0 + c < cols && row0 + lane < rows) y[(size_t)(col0 + c) * rows + row0 + lane] = held[c];
    }
}

extern "C" void solve(const float* x, float* y, int rows, int cols) {
    transpose<<<dim3((cols + 31) / 32, (rows + 31) / 32), 32>>>(x, y, rows, cols);
}
