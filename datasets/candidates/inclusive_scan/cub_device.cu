#include <cub/cub.cuh>

// The library's scan (one pass, with look-back). The scratch space is asked for first, as CUB wants it.
extern "C" void solve(const float* x, float* y, int n) {
    void* scratch = nullptr;
    size_t bytes = 0;
    cub::DeviceScan::InclusiveSum(scratch, bytes, x, y, n);
    cudaMalloc(&scratch, bytes);
    cub::DeviceScan::InclusiveSum(scratch, bytes, x, y, n);
    cudaFree(scratch);
}
