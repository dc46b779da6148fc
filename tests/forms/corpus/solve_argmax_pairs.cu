// task: kb1_051_argmax_over_a_dimension
#include <cuda_runtime.h>
#include <cstdint>
#include <limits>

struct Pair { float value; int64_t index; };

__global__ void argmax_kernel(const float* x, int64_t* y, int rows, int cols) {
    int c = blockIdx.x * blockDim.x + threadIdx.x;
    if (c >= cols) return;
    Pair best{-std::numeric_limits<float>::infinity(), 0};
    for (int r = 0; r < rows; ++r) {
        float v = x[((size_t)blockIdx.y * rows + r) * cols + c];
        if (v > best.value) best = Pair{v, r};
    }
    y[(size_t)blockIdx.y * cols + c] = best.index;
}

extern "C" void solve(const float* x, int64_t* y, int batch, int rows, int cols) {
    argmax_kernel<<<dim3((cols + 127) / 128, batch), 128>>>(x, y, rows, cols);
}
