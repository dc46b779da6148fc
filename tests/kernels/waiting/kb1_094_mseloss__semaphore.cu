// cuda::counting_semaphore keeps more than two blocks from adding at once; cuda::atomic's wait and notify end it.
#include <cuda/atomic>
#include <cuda/semaphore>
#include <cuda_runtime.h>

struct State {
    cuda::counting_semaphore<cuda::thread_scope_device, 2> room;
    cuda::atomic<int, cuda::thread_scope_device> arrived;
    double sum;
    __device__ State() : room(2), arrived(0), sum(0) {}
};

__global__ void begin(State* s) { new (s) State(); }

__global__ void mse(const float* p, const float* t, float* loss, int n, State* s) {
    __shared__ double parts[64];
    double v = 0;
    for (int i = blockIdx.x * 64 + threadIdx.x; i < n; i += gridDim.x * 64) v += (double)(p[i] - t[i]) * (p[i] - t[i]);
    parts[threadIdx.x] = v;
    __syncthreads();
    if (threadIdx.x != 0) return;
    for (int i = 1; i < 64; ++i) v += parts[i];
    s->room.acquire();
    atomicAdd(&s->sum, v);
    s->room.release();
    s->arrived.fetch_add(1, cuda::memory_order_release);
    s->arrived.notify_all();
    if (blockIdx.x == 0) {
        int seen;
        while ((seen = s->arrived.load(cuda::memory_order_acquire)) != gridDim.x) s->arrived.wait(seen, cuda::memory_order_acquire);
        *loss = (float)(*(volatile double*)&s->sum / n);
    }
}

extern "C" void solve(const float* predictions, const float* targets, float* loss, int rows, int cols) {
    State* s;
    cudaMalloc((void**)&s, sizeof(State));
    begin<<<1, 1>>>(s);
    mse<<<12, 64>>>(predictions, targets, loss, rows * cols, s);
}
