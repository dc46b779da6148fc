// 8 x 4 elements a group of eight lanes: rotations with __shfl_sync at an index that depends on the lane.
#include <cuda_runtime.h>

__global__ void transpose(const float* x, float* y, int rows, int cols) {
    const int lane = threadIdx.x & 7, group = (blockIdx.x * blockDim.x + threadIdx.x) >> 3;
    const int across = (cols + 7) / 8, down = (rows + 7) / 8;
    const int r0 = group / across * 8, c0 = group % across * 8;
    const bool inside = group < across * down;
    float in[8], out[8];
    for (int k = 0; k < 8; ++k) in[k] = inside && r0 + k < rows && c0 + lane < cols ? x[(r0 + k) * cols + c0 + lane] : 0.0f;
    for (int turn = 0; turn < 8; ++turn) {
        float give = 0;
        for (int k = 0; k < 8; ++k) if (k == (lane + turn) % 8) give = in[k];
        // lane l wants x[l][c] for every c: lane c holds it, and gives row (c + turn) % 8 in this turn.
        const int from = (lane - turn + 8) % 8;
        const float got = __shfl_sync(0xffffffffu, give, from, 8);
        for (int k = 0; k < 8; ++k) if (k == from) out[k] = got;
    }
    for (int c = 0; c < 8; ++c) if (inside && c0 + c < cols && r0 + lane < rows) y[(c0 + c) * rows + r0 + lane] = out[c];
}

extern "C" void solve(const float* x, float* y, int rows, int cols) {
    const int groups = ((cols + 7) / 8) * ((rows + 7) / 8);
    transpose<<<(groups + 7) / 8, 64>>>(x, y, rows, cols);
}
