// options: -arch=compute_90 -lineinfo
__device__ __forceinline__ float gelu(float x) { return 0.5f * x * (1.0f + erff(x * 0.70710678f)); }
__device__ __forceinline__ float twice_gelu(float x) { return gelu(gelu(x)); }

extern "C" __global__ void activate(const float* x, float* y, int n) {
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
        y[i] = x[i] < 0 ? twice_gelu(x[i]) : gelu(x[i]);
    }
}
