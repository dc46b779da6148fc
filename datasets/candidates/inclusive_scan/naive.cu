#include <cuda_runtime.h>

// Hillis-Steele scan: log2(n) passes over global memory, ping-ponging between two buffers.
__global__ void scan_step(const float* in, float* out, int n, int offset) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        out[i] = i >= offset ? in[i] + in[i - offset] : in[i];
    }
}

extern "C" void solve(const float* x, float* y, int n) {
    const int threads = 256;
    const int blocks = (n + threads - 1) / threads;

    float* tmp = nullptr;
    cudaMalloc(&tmp, n * sizeof(float));

    // Count the passes so that the last one writes to y.
    int passes = 0;
    for (int offset = 1; offset < n; offset *= 2) passes++;

    if (passes == 0) {
        cudaMemcpy(y, x, n * sizeof(float), cudaMemcpyDeviceToDevice);
    } else {
        const float* src = x;
        int remaining = passes;
        for (int offset = 1; offset < n; offset *= 2) {
            float* dst = (remaining % 2 == 1) ? y : tmp;
            scan_step<<<blocks, threads>>>(src, dst, n, offset);
            src = dst;
            remaining--;
        }
    }

    cudaDeviceSynchronize();
    cudaFree(tmp);
}
