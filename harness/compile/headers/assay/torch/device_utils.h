// Device functions of PyTorch's: shuffles of ATen/cuda/DeviceUtils.cuh and mathematics of c10/cuda/CUDAMathCompat.h.
#ifndef ASSAY_TORCH_DEVICE_UTILS_H
#define ASSAY_TORCH_DEVICE_UTILS_H

#include <cuda_runtime.h>

template <class T> __device__ T WARP_SHFL(T value, int lane, int width = 32, unsigned mask = 0xffffffff) {
    return __shfl_sync(mask, value, lane, width);
}
template <class T> __device__ T WARP_SHFL_XOR(T value, int lanes, int width = 32, unsigned mask = 0xffffffff) {
    return __shfl_xor_sync(mask, value, lanes, width);
}
template <class T> __device__ T WARP_SHFL_UP(T value, unsigned lanes, int width = 32, unsigned mask = 0xffffffff) {
    return __shfl_up_sync(mask, value, lanes, width);
}
template <class T> __device__ T WARP_SHFL_DOWN(T value, unsigned lanes, int width = 32, unsigned mask = 0xffffffff) {
    return __shfl_down_sync(mask, value, lanes, width);
}

namespace c10::cuda::compat {

// One of each precision.
#define ASSAY_COMPAT(name)                                                                                             \
    __device__ inline float name(float x) {                                                                            \
        return ::name##f(x);                                                                                           \
    }                                                                                                                  \
    __device__ inline double name(double x) {                                                                          \
        return ::name(x);                                                                                              \
    }
ASSAY_COMPAT(ceil)
ASSAY_COMPAT(erf)
ASSAY_COMPAT(exp)
ASSAY_COMPAT(floor)
ASSAY_COMPAT(log)
ASSAY_COMPAT(log1p)
ASSAY_COMPAT(rsqrt)
ASSAY_COMPAT(sqrt)
ASSAY_COMPAT(tanh)
#undef ASSAY_COMPAT

} // namespace c10::cuda::compat

#endif
