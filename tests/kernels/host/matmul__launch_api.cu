// cudaLaunchKernel, cudaLaunchKernelEx with attributes, occupancy queries, a checked error after each, a class with RAII.
#include <cstdio>
#include <cstdlib>
#include <cuda_runtime.h>
#include <vector>

#define CHECK(call)                                                                  \
    do {                                                                             \
        cudaError_t e = (call);                                                      \
        if (e != cudaSuccess) {                                                      \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, cudaGetErrorString(e)); \
            exit(1);                                                                 \
        }                                                                            \
    } while (0)

template <class T> class Buffer {
public:
    explicit Buffer(size_t n) { CHECK(cudaMalloc(&data_, n * sizeof(T))); }
    ~Buffer() { cudaFree(data_); }
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    T* get() const { return data_; }

private:
    T* data_ = nullptr;
};

__global__ void turn(const float* b, float* bt, int k, int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < k * n) bt[i % n * k + i / n] = b[i];
}

__global__ void dot(const float* a, const float* bt, float* c, int m, int n, int k) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= m * n) return;
    const float *left = a + i / n * k, *right = bt + i % n * k;
    float sum = 0;
    for (int q = 0; q < k; ++q) sum += left[q] * right[q];
    c[i] = sum;
}

extern "C" void solve(const float* a, const float* b, float* c, int m, int n, int k) {
    Buffer<float> bt((size_t)k * n);
    int least = 0, block = 0;
    CHECK(cudaOccupancyMaxPotentialBlockSize(&least, &block, turn, 0, 0));
    float* to = bt.get();
    std::vector<void*> arguments{&b, &to, &k, &n};
    CHECK(cudaLaunchKernel((const void*)turn, dim3((k * n + block - 1) / block), dim3(block), arguments.data(), 0, nullptr));
    CHECK(cudaGetLastError());
    cudaLaunchConfig_t config{};
    config.gridDim = dim3((m * n + 127) / 128);
    config.blockDim = dim3(128);
    cudaLaunchAttribute attribute[1];
    attribute[0].id = cudaLaunchAttributePriority;
    attribute[0].val.priority = 0;
    config.attrs = attribute;
    config.numAttrs = 1;
    CHECK(cudaLaunchKernelEx(&config, dot, a, (const float*)to, c, m, n, k));
    CHECK(cudaPeekAtLastError());
}
