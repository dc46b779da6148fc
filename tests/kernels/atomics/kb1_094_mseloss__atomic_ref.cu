// cuda::atomic_ref of a double with relaxed order, and a counter whose last arrival, with acquire and release, divides.
#include <cuda/atomic>
#include <cuda_runtime.h>

struct Shared {
    double sum;
    unsigned arrived;
};

__global__ void mse(const float* p, const float* t, float* loss, int n, Shared* s) {
    double mine = 0;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
        const float d = p[i] - t[i];
        mine += d * d;
    }
    __shared__ double block;
    if (threadIdx.x == 0) block = 0;
    __syncthreads();
    cuda::atomic_ref<double, cuda::thread_scope_block>(block).fetch_add(mine, cuda::std::memory_order_relaxed);
    __syncthreads();
    if (threadIdx.x == 0) {
        cuda::atomic_ref<double, cuda::thread_scope_device> sum(s->sum);
        cuda::atomic_ref<unsigned, cuda::thread_scope_device> arrived(s->arrived);
        sum.fetch_add(block, cuda::std::memory_order_relaxed);
        if (arrived.fetch_add(1, cuda::std::memory_order_acq_rel) == gridDim.x - 1) {
            *loss = (float)(sum.load(cuda::std::memory_order_relaxed) / n);
        }
    }
}

extern "C" void solve(const float* predictions, const float* targets, float* loss, int rows, int cols) {
    Shared* s;
    cudaMalloc(&s, sizeof(Shared));
    cudaMemset(s, 0, sizeof(Shared));
    mse<<<20, 128>>>(predictions, targets, loss, rows * cols, s);
}
