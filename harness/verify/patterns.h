// Values that differ from one part of a tensor to the next: what kernels get wrong, or are written to get wrong, is
// often right for numbers that all look alike.
#pragma once

#include <cstdint>
#include <span>

#include "verify/drawing.h"
#include "verify/stream.h"

namespace assay::verify {

/// The drawing of Regime::Patterns. A tensor is cut into segments (its rows, or a sixteenth of it where there are fewer
/// than four), and each segment has a pattern of its own, chosen by the secret key: a quarter of them plain values, the
/// others one-hot, sparse, ascending, descending, few distinct values, constant, zeros of both signs among subnormal
/// numbers, far from zero, log-uniform magnitudes, small integers. Whoever looks at some elements learns nothing about
/// the others.
class Patterns {
public:
    /// `stream` must outlive the object; words from 2^40 on are used for the segments.
    Patterns(const tasks::Binding::Tensor& tensor, const Stream& stream);

    /// The values of the elements from `first` on, one for each word, within the bounds also when rounded to the dtype.
    void draw(std::uint64_t first, std::span<const std::uint64_t> words, std::span<double> values) const;

private:
    struct Segment;
    void draw_within(const Segment& segment, std::uint64_t position, std::span<const std::uint64_t> words,
                     std::span<double> values) const;
    [[nodiscard]] double tiny_value(std::uint64_t word, double plain) const;
    [[nodiscard]] double bounded(double value) const;

    const Stream& stream_;
    Drawing plain_, magnitudes_, integers_;
    double zero_ = 0;           ///< or the bound next to it
    double subnormal_ = 0;      ///< the least normal number of the dtype: what subnormal ones are below
    double low_ = 0, high_ = 0; ///< from where to where sorted values go
    std::uint64_t length_ = 1;  ///< of a segment, elements
};

} // namespace assay::verify
