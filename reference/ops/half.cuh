// The 16-bit floating-point element types, apart because their header costs compile time.
#pragma once

#include "ops/tensor.cuh"

#ifdef ASSAY_ORACLE

namespace ops {
using f16 = double;
using bf16 = double;
} // namespace ops

#else

#include <cuda_bf16.h>
#include <cuda_fp16.h>

namespace ops {
using f16 = __half;
template <> struct AccumulatorOf<__half> {
    using type = float;
};
using bf16 = __nv_bfloat16;
template <> struct AccumulatorOf<__nv_bfloat16> {
    using type = float;
};
} // namespace ops

#endif
