// options: -arch=compute_90 -rdc=true -lineinfo
// Host code compiled for the device: a launch becomes calls of the device runtime.
template <class T> __global__ void scale(const T* x, T* y, T factor, int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        y[i] = x[i] * factor;
    }
}

__global__ void bias(float* y, float b, int n) {
    extern __shared__ float staged[];
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    staged[threadIdx.x] = b;
    __syncthreads();
    if (i < n) {
        y[i] += staged[threadIdx.x];
    }
}

static int blocks(int n, int threads) { return (n + threads - 1) / threads; }

extern "C" void solve(const float* x, float* y, int n) {
    float* scratch = nullptr;
    cudaMalloc(reinterpret_cast<void**>(&scratch), n * sizeof(float));
    for (int pass = 0; pass < 3; ++pass) {
        scale<float><<<blocks(n, 256), 256>>>(pass == 0 ? x : scratch, scratch, 0.5f + pass, n);
    }
    scale<float><<<dim3(blocks(n, 128), 1), dim3(128)>>>(scratch, y, 2.0f, n);
    bias<<<blocks(n, 64), 64, 64 * sizeof(float)>>>(y, 1.0f, n);
    cudaFree(scratch);
}
