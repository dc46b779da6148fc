#include <cuda_runtime.h>

// A warp for each row.
__global__ void gradient(const float* __restrict__ dloss, const float* __restrict__ x, const long long* __restrict__ targets,
                         float* __restrict__ dx, int batch, int classes) {
    const int row = (blockIdx.x * blockDim.x + threadIdx.x) / 32, lane = threadIdx.x % 32;
    if (row >= batch) return;
    const float* from = x + (size_t)row * classes;
    float largest = -INFINITY;
    for (int i = lane; i < classes; i += 32) largest = fmaxf(largest, from[i]);
    for (int offset = 16; offset > 0; offset >>= 1) largest = fmaxf(largest, __shfl_xor_sync(0xffffffff, largest, offset));
    float sum = 0.f;
    for (int i = lane; i < classes; i += 32) sum += expf(from[i] - largest);
    for (int offset = 16; offset > 0; offset >>= 1) sum += __shfl_xor_sync(0xffffffff, sum, offset);
    const float scale = dloss[0];
    const int target = (int)targets[row];
    for (int i = lane; i < classes; i += 32) {
        dx[(size_t)row * classes + i] = scale * (expf(from[i] - largest) / sum - (i == target ? 1.f : 0.f));
    }
}

extern "C" void solve(const float* dloss, const float* predictions, const long long* targets, float* dpredictions, int batch,
                      int classes) {
    gradient<<<(batch + 3) / 4, 128>>>(dloss, predictions, targets, dpredictions, batch, classes);
}
