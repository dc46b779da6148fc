// Floating-point formats narrower than double: rounding a double to them, once, to nearest even.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "tasks/task.h"

namespace assay::verify {

/// A binary format with `mantissa` explicit bits whose least normal number is 2^least and whose greatest finite one is
/// below 2^above; subnormal numbers included.
struct Format {
    int mantissa, least, above;

    /// Half the distance from 1 to the next number: the largest relative error of rounding to the format.
    [[nodiscard]] constexpr double unit() const { return std::ldexp(1.0, -mantissa - 1); }
};

inline constexpr Format binary64{52, -1022, 1024};
inline constexpr Format binary32{23, -126, 128};
inline constexpr Format tensor32{10, -126, 128}; ///< TF32, what tensor cores make of fp32 inputs
inline constexpr Format binary16{10, -14, 16};
inline constexpr Format brain16{7, -126, 128};
inline constexpr Format byte8{3, -126,
                              128}; ///< three bits as in FP8 E4M3, with the exponents of fp32: with scaling factors

/// `value` rounded to the format, as a double. Overflow is infinity; NaN and infinity stay.
/// Not for binary64, which every double already is.
template <Format format> [[nodiscard]] inline double round_to(double value) {
    static_assert(format.mantissa < 52);
    constexpr int dropped = 52 - format.mantissa;
    constexpr double least_normal = std::bit_cast<double>(static_cast<std::uint64_t>(format.least + 1023) << 52);
    constexpr double limit = format.above == 1024
                                 ? std::numeric_limits<double>::infinity()
                                 : std::bit_cast<double>(static_cast<std::uint64_t>(format.above + 1023) << 52);
    // In the bits of a double a carry out of the mantissa increments the exponent, which is right.
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const std::uint64_t odd = bits >> dropped & 1;
    const std::uint64_t half = (std::uint64_t{1} << (dropped - 1)) - 1;
    const double normal = std::bit_cast<double>((bits + half + odd) & ~((std::uint64_t{1} << dropped) - 1));
    // Adding a number whose last place is the format's least subnormal lets the addition round.
    constexpr double magic = std::bit_cast<double>(static_cast<std::uint64_t>(format.least + dropped + 1023) << 52);
    const double magnitude = std::abs(value);
    const double subnormal = std::copysign((magnitude + magic) - magic, value);
    double rounded = magnitude < least_normal ? subnormal : normal;
    rounded = std::abs(rounded) >= limit ? std::copysign(std::numeric_limits<double>::infinity(), value) : rounded;
    return magnitude <= std::numeric_limits<double>::max() ? rounded : value;
}

/// The format of a floating-point dtype.
[[nodiscard]] Format format_of(tasks::DType dtype);

} // namespace assay::verify
