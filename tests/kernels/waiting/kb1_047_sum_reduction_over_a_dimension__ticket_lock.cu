// A fair lock of tickets around a long addition, drawn by each thread that has something to add.
#include <cuda/atomic>
#include <cuda_runtime.h>

struct Lock {
    unsigned next, now;
};

__global__ void sum(const float* x, float* y, int rows, int cols, Lock* locks) {
    const int c = blockIdx.x * blockDim.x + threadIdx.x, part = blockIdx.y, parts = gridDim.y;
    if (c >= cols) return;
    float v = 0;
    for (int r = part; r < rows; r += parts) v += x[((size_t)blockIdx.z * rows + r) * cols + c];
    const int out = blockIdx.z * cols + c;
    cuda::atomic_ref<unsigned, cuda::thread_scope_device> next(locks[out].next), now(locks[out].now);
    const unsigned mine = next.fetch_add(1, cuda::memory_order_relaxed);
    while (now.load(cuda::memory_order_acquire) != mine) {}
    y[out] = mine == 0 ? v : __ldcg(&y[out]) + v;
    now.store(mine + 1, cuda::memory_order_release);
}

extern "C" void solve(const float* x, float* y, int batch, int rows, int cols) {
    Lock* locks;
    cudaMalloc(&locks, (size_t)batch * cols * sizeof(Lock));
    cudaMemset(locks, 0, (size_t)batch * cols * sizeof(Lock));
    sum<<<dim3((cols + 63) / 64, 4, batch), 64>>>(x, y, rows, cols, locks);
}
