// The sliding window of convolutions and poolings, the same in every spatial dimension.
#pragma once

#include "ops/tensor.cuh"

namespace ops {

struct Window {
    int kernel = 1;
    int stride = 1;
    int padding = 0; ///< on each side

    /// How many windows fit an extent.
    index_t positions(index_t extent) const { return (extent + 2 * padding - kernel) / stride + 1; }
};

} // namespace ops
