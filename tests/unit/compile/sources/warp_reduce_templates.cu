#include <cuda_runtime.h>
#include <limits>
#include <type_traits>

template <typename T>
struct SumOp {
    __device__ __forceinline__ T operator()(const T& a, const T& b) const { return a + b; }
    __host__ __device__ static constexpr T identity() { return T(0); }
};

template <typename T>
struct MaxOp {
    __device__ __forceinline__ T operator()(const T& a, const T& b) const { return a > b ? a : b; }
    __host__ __device__ static constexpr T identity() { return std::numeric_limits<T>::lowest(); }
};

template <typename T, typename Op, int WIDTH = 32>
__device__ __forceinline__ T warpReduce(T val, Op op) {
#pragma unroll
    for (int offset = WIDTH / 2; offset > 0; offset >>= 1) val = op(val, __shfl_down_sync(0xffffffff, val, offset));
    return val;
}

template <typename T, typename Op, int BLOCK>
__global__ void __launch_bounds__(BLOCK) reduce_kernel(const T* __restrict__ in, T* __restrict__ out, int n) {
    static_assert(BLOCK % 32 == 0, "BLOCK must be a multiple of the warp size");
    static_assert(std::is_arithmetic<T>::value, "arithmetic only");
    __shared__ T shared[BLOCK / 32];
    Op op;
    T val = Op::identity();
    for (int i = blockIdx.x * BLOCK + threadIdx.x; i < n; i += BLOCK * gridDim.x) val = op(val, in[i]);
    val = warpReduce(val, op);
    if (threadIdx.x % 32 == 0) shared[threadIdx.x / 32] = val;
    __syncthreads();
    if (threadIdx.x < 32) {
        val = threadIdx.x < BLOCK / 32 ? shared[threadIdx.x] : Op::identity();
        val = warpReduce<T, Op, BLOCK / 32>(val, op);
        if (threadIdx.x == 0) out[blockIdx.x] = val;
    }
}

template <typename T, template <typename> class Op>
static void launch(const T* in, T* out, int n) {
    constexpr int BLOCK = 256;
    T* partial = nullptr;
    int blocks = (n + BLOCK - 1) / BLOCK;
    if (blocks > 1024) blocks = 1024;
    cudaMalloc(&partial, blocks * sizeof(T));
    reduce_kernel<T, Op<T>, BLOCK><<<blocks, BLOCK>>>(in, partial, n);
    reduce_kernel<T, Op<T>, BLOCK><<<1, BLOCK>>>(partial, out, blocks);
    cudaFree(partial);
}

extern "C" void solve(const float* x, float* sum, float* maximum, int n) {
    launch<float, SumOp>(x, sum, n);
    launch<float, MaxOp>(x, maximum, n);
}
