// Waiting at a cuda::barrier reads no clock here.
// input a float32 5
// input b float32 5
// output c float32 5
// axis n 5 shape
//| buffer 0 input a 20 bytes
//| buffer 1 input b 20 bytes
//| buffer 2 output c 20 bytes
//| step 0 line @LAUNCH launch add(float const*, float const*, float*, int) <<<1, 32>>> (a, b, c, 5)
#include <cuda/barrier>

__global__ void add(const float* a, const float* b, float* c, int n) {
    __shared__ float part[32];
    __shared__ cuda::barrier<cuda::thread_scope_block> barrier;
    if (threadIdx.x == 0) {
        init(&barrier, blockDim.x);
    }
    __syncthreads();
    if (threadIdx.x < n) {
        part[threadIdx.x] = a[threadIdx.x];
    }
    barrier.arrive_and_wait();
    if (threadIdx.x < n) {
        c[threadIdx.x] = part[threadIdx.x] + b[threadIdx.x];
    }
}

extern "C" void solve(const float* a, const float* b, float* c, int n) {
    add<<<1, 32>>>(a, b, c, n); // @LAUNCH
}
