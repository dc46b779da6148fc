// Tensor maps: the driver's function by name and through its pointer; what it refuses is the host code's to see.
// input x float32 8 16
// output y float32 8 16
//| buffer 0 input x 512 bytes
//| buffer 1 output y 512 bytes
//| step 0 line @CALL launch move(CUtensorMap_st, CUtensorMap_st, int) <<<1, 32>>> (map of x+64 (8 x 4 of 16 x 7), map of y (16 x 8 of 16 x 8), 3)
#include <cuda.h>
#include <cuda_runtime.h>

__global__ void move(const __grid_constant__ CUtensorMap from, const __grid_constant__ CUtensorMap to, int rows) {
    asm volatile("prefetch.tensormap [%0];" ::"l"(&from));
}

static CUresult encode(CUtensorMap* map, const float* data, int rank, int rows, int box_columns, int box_rows, void* with) {
    const cuuint64_t extents[] = {16, (cuuint64_t)rows}, strides[] = {64};
    const cuuint32_t box[] = {(cuuint32_t)box_columns, (cuuint32_t)box_rows}, steps[] = {1, 1};
    if (with == nullptr) {
        return cuTensorMapEncodeTiled(map, CU_TENSOR_MAP_DATA_TYPE_FLOAT32, rank, (void*)data, extents, strides, box, steps,
                                      CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_NONE,
                                      CU_TENSOR_MAP_L2_PROMOTION_NONE, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
    }
    return ((decltype(&cuTensorMapEncodeTiled))with)(map, CU_TENSOR_MAP_DATA_TYPE_FLOAT32, rank, (void*)data, extents,
                                                     strides, box, steps, CU_TENSOR_MAP_INTERLEAVE_NONE,
                                                     CU_TENSOR_MAP_SWIZZLE_NONE, CU_TENSOR_MAP_L2_PROMOTION_NONE,
                                                     CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
}

extern "C" void solve(const float* x, float* y) {
    CUtensorMap from, to;
    void* function = nullptr;
    cudaDriverEntryPointQueryResult status;
    if (cudaGetDriverEntryPoint("cuTensorMapEncodeTiled", &function, cudaEnableDefault, &status) != cudaSuccess ||
        encode(&from, x + 16, 2, 7, 8, 4, function) != CUDA_SUCCESS || encode(&to, y, 2, 8, 16, 8, nullptr) != CUDA_SUCCESS ||
        encode(&to, y, 6, 8, 16, 8, nullptr) != CUDA_ERROR_INVALID_VALUE) {
        return;
    }
    move<<<1, 32>>>(from, to, 3); // @CALL
}
