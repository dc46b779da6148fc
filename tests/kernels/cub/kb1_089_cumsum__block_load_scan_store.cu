// BlockLoad and BlockStore with a transposition, BlockScan with a running prefix.
#include <cub/cub.cuh>
#include <cuda_runtime.h>

struct Running {
    float total;
    __device__ float operator()(float block) {
        const float old = total;
        total += block;
        return old;
    }
};

__global__ void scan(const float* x, float* y, int cols) {
    constexpr int kThreads = 64, kItems = 4;
    using Load = cub::BlockLoad<float, kThreads, kItems, cub::BLOCK_LOAD_TRANSPOSE>;
    using Store = cub::BlockStore<float, kThreads, kItems, cub::BLOCK_STORE_WARP_TRANSPOSE>;
    using Scan = cub::BlockScan<float, kThreads, cub::BLOCK_SCAN_WARP_SCANS>;
    __shared__ union {
        typename Load::TempStorage load;
        typename Store::TempStorage store;
        typename Scan::TempStorage scan;
    } storage;
    Running running{0};
    const size_t row = (size_t)blockIdx.x * cols;
    for (int base = 0; base < cols; base += kThreads * kItems) {
        float items[kItems];
        Load(storage.load).Load(x + row + base, items, cols - base, 0.0f);
        __syncthreads();
        Scan(storage.scan).InclusiveSum(items, items, running);
        __syncthreads();
        Store(storage.store).Store(y + row + base, items, cols - base);
        __syncthreads();
    }
}

extern "C" void solve(const float* x, float* y, int rows, int cols) { scan<<<rows, 64>>>(x, y, cols); }
