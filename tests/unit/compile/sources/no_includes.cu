// Nothing included: nvcc brings cuda_runtime.h and what it drags in.
__global__ void scale(float* data, float factor, size_t n) {
    for (size_t i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
        data[i] = std::max(0.0f, data[i]) * factor + powf(data[i], 2.0f);
    }
}

extern "C" void solve(float* data, float factor, size_t n) {
    uint32_t blocks = std::min<size_t>((n + 255) / 256, 65535);
    scale<<<blocks, 256>>>(data, factor, n);
    if (cudaError_t e = cudaGetLastError()) printf("%s: %s\n", cudaGetErrorName(e), cudaGetErrorString(e));
    assert(n > 0);
}
