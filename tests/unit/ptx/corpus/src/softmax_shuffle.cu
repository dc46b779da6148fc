// options: -arch=compute_80 --use_fast_math
// One block a row; the reductions go through warp shuffles.
template <class Op> __device__ float reduce(float value, float* scratch, float neutral, Op op) {
    for (int offset = 16; offset > 0; offset /= 2) {
        value = op(value, __shfl_xor_sync(0xffffffff, value, offset));
    }
    if (threadIdx.x % 32 == 0) {
        scratch[threadIdx.x / 32] = value;
    }
    __syncthreads();
    value = threadIdx.x < blockDim.x / 32 ? scratch[threadIdx.x] : neutral;
    for (int offset = 16; offset > 0; offset >>= 1) {
        value = op(value, __shfl_down_sync(0xffffffff, value, offset));
    }
    if (threadIdx.x == 0) {
        scratch[0] = value;
    }
    __syncthreads();
    const float result = scratch[0];
    __syncthreads();
    return result;
}

extern "C" __global__ void softmax(const float* x, float* y, int columns) {
    __shared__ float scratch[32];
    const float* row = x + static_cast<long long>(blockIdx.x) * columns;
    float top = -3.4e38f;
    for (int i = threadIdx.x; i < columns; i += blockDim.x) {
        top = fmaxf(top, row[i]);
    }
    top = reduce(top, scratch, -3.4e38f, [](float a, float b) { return fmaxf(a, b); });
    float sum = 0;
    for (int i = threadIdx.x; i < columns; i += blockDim.x) {
        sum += expf(row[i] - top);
    }
    sum = reduce(sum, scratch, 0.0f, [](float a, float b) { return a + b; });
    for (int i = threadIdx.x; i < columns; i += blockDim.x) {
        y[static_cast<long long>(blockIdx.x) * columns + i] = expf(row[i] - top) / sum;
    }
}

extern "C" __global__ void vote(const int* x, unsigned* out) {
    const unsigned active = __activemask();
    const unsigned ballot = __ballot_sync(active, x[threadIdx.x] > 0);
    const int all = __all_sync(active, x[threadIdx.x] > 1);
    const unsigned match = __match_any_sync(active, x[threadIdx.x]);
    const int sum = __reduce_add_sync(active, x[threadIdx.x]);
    __syncwarp(active);
    out[threadIdx.x] = ballot + all + match + sum + __popc(ballot) + __ffs(match) + __brev(ballot) + __clz(sum);
}
