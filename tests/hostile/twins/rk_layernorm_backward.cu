#include <cuda_runtime.h>

// One thread for an image, then one for a weight: plain, and right.
__global__ void images(const float* dy, const float* x, const float* w, float* dx, double* stats, int size, float eps) {
    int k = blockIdx.x;
    const float* in = x + (size_t)k * size;
    const float* d = dy + (size_t)k * size;
    __shared__ double part[256];
    auto total = [&](auto value) {
        double sum = 0;
        for (int i = threadIdx.x; i < size; i += 256) sum += value(i);
        __syncthreads();
        part[threadIdx.x] = sum;
        for (int step = 128; step > 0; step /= 2) {
            __syncthreads();
            if (threadIdx.x < step) part[threadIdx.x] += part[threadIdx.x + step];
        }
        __syncthreads();
        return part[0];
    };
    double mean = total([&](int i) { return (double)in[i]; }) / size;
    double variance = total([&](int i) { return (in[i] - mean) * (in[i] - mean); }) / size;
    double scale = 1 / sqrt(variance + eps);
    double g = total([&](int i) { return (double)d[i] * w[i]; }) / size;
    double gn = total([&](int i) { return (double)d[i] * w[i] * (in[i] - mean) * scale; }) / size;
    for (int i = threadIdx.x; i < size; i += 256)
        dx[(size_t)k * size + i] = (float)(((double)d[i] * w[i] - g - (in[i] - mean) * scale * gn) * scale);
    if (threadIdx.x == 0) { stats[2 * k] = mean; stats[2 * k + 1] = scale; }
}
__global__ void weights(const float* dy, const float* x, const double* stats, float* dw, float* db, int batch, int size) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= size) return;
    double w = 0, b = 0;
    for (int k = 0; k < batch; k++) {
        double d = dy[(size_t)k * size + i];
        w += d * (x[(size_t)k * size + i] - stats[2 * k]) * stats[2 * k + 1];
        b += d;
    }
    dw[i] = (float)w;
    db[i] = (float)b;
}
extern "C" void solve(const float* dy, const float* x, const float* weight, float* dx, float* dweight, float* dbias,
                      int batch, int features, int dim1, int dim2, float eps) {
    int size = features * dim1 * dim2;
    double* stats;
    cudaMalloc(&stats, 2 * batch * sizeof(double));
    images<<<batch, 256>>>(dy, x, weight, dx, stats, size, eps);
    weights<<<(size + 255) / 256, 256>>>(dy, x, stats, dweight, dbias, batch, size);
    cudaFree(stats);
}
