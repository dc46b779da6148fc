#include <cub/device/device_histogram.cuh>

// Bins of width one: [0, bins] in `bins` steps. It writes every count, so nothing has to be cleared.
extern "C" void solve(const int* x, int* counts, int n, int bins) {
    size_t bytes = 0;
    cub::DeviceHistogram::HistogramEven(nullptr, bytes, x, counts, bins + 1, 0, bins, n);
    void* scratch;
    cudaMalloc(&scratch, bytes);
    cub::DeviceHistogram::HistogramEven(scratch, bytes, x, counts, bins + 1, 0, bins, n);
    cudaFree(scratch);
}
