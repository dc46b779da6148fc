// A loop of launches over two buffers that change places, pointers into the middle of buffers, a swap.
#include <cuda_runtime.h>
#include <utility>

__global__ void step(const float* from, float* to, int n, float weight) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        to[i] = weight * from[i] + (1 - weight) * from[(i + 1) % n];
}

// The last output goes to C, whatever the number of steps.
extern "C" void solve(const float* A, float* C, int n) {
    float* work;
    cudaMalloc(&work, 2ull * n * sizeof(float));
    float* from = work;
    float* to = work + n;
    cudaMemcpyAsync(from, A, n * sizeof(float), cudaMemcpyDeviceToDevice, 0);
    const int steps = 5;
    for (int s = 0; s < steps; ++s) {
        step<<<(n + 127) / 128, 128>>>(from, s == steps - 1 ? C : to, n, 1.0f / (s + 1));
        std::swap(from, to);
    }
    cudaFree(work);
}
