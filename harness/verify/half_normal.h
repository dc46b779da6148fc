// The quantile of the half-normal distribution, fast and the same on every machine.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace assay::verify {

/// x >= 0 with P(|N| > x) = u, to about four digits, which is enough for a distribution.
///
/// Inverting the distribution by a library's functions would take most of the time that inputs take, and its last bits
/// differ between libraries. So it is a table of line segments: 64 for each octave of u, so that the tail is as fine as
/// the middle. Which segment holds u can be read off the upper bits of the double. The nodes are rounded to float,
/// which hides the last bits of the erfc that they are computed with.
class HalfNormal {
public:
    [[nodiscard]] static const HalfNormal& table();

    /// For 2^-54 <= u < 1.
    [[nodiscard]] double quantile(double u) const {
        const Segment& segment = segments_[(std::bit_cast<std::uint64_t>(u) >> index_shift) - first_index];
        return segment.offset + segment.slope * u;
    }

private:
    HalfNormal();

    static constexpr int octaves = 54;
    static constexpr int segment_bits = 6; ///< of the mantissa
    static constexpr int index_shift = 52 - segment_bits;
    static constexpr std::uint64_t first_index = std::uint64_t{1023 - octaves} << segment_bits;

    struct Segment {
        double offset = 0, slope = 0;
    };
    std::array<Segment, std::size_t{octaves} << segment_bits> segments_;
};

} // namespace assay::verify
