// The CUDA driver functions that Assay uses, as one table that a real driver or the virtual GPU fills.
//
// There is no second code path: the harness calls `table.cuLaunchKernel(...)` and does not know which device answers.
// Types, error codes and meanings are those of the CUDA Driver API reference (cuda.h).
#pragma once

#include <cuda.h>

// One line for each function, by the name that the driver library exports (the _v2 names are what cuda.h's plain names
// mean).
#define ASSAY_DRIVER_FUNCTIONS(X)                                                                                      \
    X(cuInit)                                                                                                          \
    X(cuDriverGetVersion)                                                                                              \
    X(cuGetErrorName)                                                                                                  \
    X(cuGetErrorString)                                                                                                \
    X(cuDeviceGetCount)                                                                                                \
    X(cuDeviceGet)                                                                                                     \
    X(cuDeviceGetName)                                                                                                 \
    X(cuDeviceGetAttribute)                                                                                            \
    X(cuDeviceTotalMem_v2)                                                                                             \
    X(cuDevicePrimaryCtxRetain)                                                                                        \
    X(cuDevicePrimaryCtxRelease_v2)                                                                                    \
    X(cuCtxSetCurrent)                                                                                                 \
    X(cuCtxSynchronize)                                                                                                \
    X(cuCtxSetLimit)                                                                                                   \
    X(cuCtxResetPersistingL2Cache)                                                                                     \
    X(cuModuleLoadDataEx)                                                                                              \
    X(cuModuleUnload)                                                                                                  \
    X(cuModuleGetFunction)                                                                                             \
    X(cuModuleGetGlobal_v2)                                                                                            \
    X(cuFuncGetAttribute)                                                                                              \
    X(cuFuncSetAttribute)                                                                                              \
    X(cuFuncSetCacheConfig)                                                                                            \
    X(cuOccupancyMaxActiveBlocksPerMultiprocessor)                                                                     \
    X(cuMemAlloc_v2)                                                                                                   \
    X(cuMemFree_v2)                                                                                                    \
    X(cuMemGetInfo_v2)                                                                                                 \
    X(cuMemcpyHtoD_v2)                                                                                                 \
    X(cuMemcpyDtoH_v2)                                                                                                 \
    X(cuMemcpyDtoDAsync_v2)                                                                                            \
    X(cuMemcpyHtoDAsync_v2)                                                                                            \
    X(cuMemsetD8Async)                                                                                                 \
    X(cuMemsetD16Async)                                                                                                \
    X(cuMemsetD32Async)                                                                                                \
    X(cuLaunchKernel)                                                                                                  \
    X(cuLaunchKernelEx)                                                                                                \
    X(cuTensorMapEncodeTiled)                                                                                          \
    X(cuStreamCreate)                                                                                                  \
    X(cuStreamSynchronize)                                                                                             \
    X(cuStreamDestroy_v2)                                                                                              \
    X(cuEventCreate)                                                                                                   \
    X(cuEventRecord)                                                                                                   \
    X(cuEventSynchronize)                                                                                              \
    X(cuEventElapsedTime_v2)                                                                                           \
    X(cuEventDestroy_v2)

namespace assay::driver {

struct Table {
#define ASSAY_MEMBER(name) decltype(&::name) name = nullptr;
    ASSAY_DRIVER_FUNCTIONS(ASSAY_MEMBER)
#undef ASSAY_MEMBER
};

} // namespace assay::driver
