// The sliding window of convolutions and poolings, in one to three spatial dimensions.
#pragma once

#include "ops/divisor.cuh"

namespace ops {

/// A window of `kernel` elements, `dilation` apart, moved by `stride` over an extent with `padding` on each side.
struct Window {
    int kernel = 1, stride = 1, padding = 0, dilation = 1;

    /// How many windows fit an extent; `ceil` also counts a last one that stands out, if it begins within the extent or
    /// the padding before it.
    index_t positions(index_t extent, bool ceil = false) const {
        const index_t room = extent + 2 * padding - dilation * (kernel - 1) - 1;
        index_t count = room / stride + 1;
        if (ceil && room % stride != 0 && count * stride < extent + padding) {
            ++count;
        }
        return count;
    }
};

/// One spatial dimension of a lookup: the input's index is position * stride + tap * step + origin.
struct Lookup {
    int extent; ///< of the input; an index outside is padding
    int stride, step, origin;
    Divisor positions, taps;
};

} // namespace ops
