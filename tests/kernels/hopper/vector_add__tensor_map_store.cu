// One-dimensional maps: loads of both operands onto one barrier, the result by a tensor store that clips at the end.
#include <cuda.h>
#include <cuda/barrier>
#include <cuda_runtime.h>
#pragma nv_diag_suppress static_var_with_dynamic_init
namespace cde = cuda::device::experimental;

constexpr int kBox = 256;

__global__ void add(const __grid_constant__ CUtensorMap a, const __grid_constant__ CUtensorMap b, const __grid_constant__ CUtensorMap c) {
    __shared__ alignas(128) float sa[kBox], sb[kBox];
    __shared__ cuda::barrier<cuda::thread_scope_block> barrier;
    const int first = blockIdx.x * kBox;
    if (threadIdx.x == 0) {
        init(&barrier, blockDim.x);
        cde::fence_proxy_async_shared_cta();
    }
    __syncthreads();
    cuda::barrier<cuda::thread_scope_block>::arrival_token token;
    if (threadIdx.x == 0) {
        cde::cp_async_bulk_tensor_1d_global_to_shared(sa, &a, first, barrier);
        cde::cp_async_bulk_tensor_1d_global_to_shared(sb, &b, first, barrier);
        token = cuda::device::barrier_arrive_tx(barrier, 1, sizeof(sa) + sizeof(sb));
    } else {
        token = barrier.arrive();
    }
    barrier.wait(std::move(token));
    for (int i = threadIdx.x; i < kBox; i += blockDim.x) sa[i] += sb[i];
    cde::fence_proxy_async_shared_cta();
    __syncthreads();
    if (threadIdx.x == 0) {
        cde::cp_async_bulk_tensor_1d_shared_to_global(&c, first, sa);
        cde::cp_async_bulk_commit_group();
        cde::cp_async_bulk_wait_group_read<0>();
    }
}

CUtensorMap make_map(const float* p, int n) {
    CUtensorMap map;
    const cuuint64_t sizes[] = {(cuuint64_t)n};
    const cuuint32_t box[] = {kBox}, steps[] = {1};
    cuTensorMapEncodeTiled(&map, CU_TENSOR_MAP_DATA_TYPE_FLOAT32, 1, (void*)p, sizes, nullptr, box, steps,
                           CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_NONE, CU_TENSOR_MAP_L2_PROMOTION_L2_128B,
                           CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
    return map;
}

extern "C" void solve(const float* a, const float* b, float* c, int n) {
    add<<<(n + kBox - 1) / kBox, 128>>>(make_map(a, n), make_map(b, n), make_map(c, n));
}
