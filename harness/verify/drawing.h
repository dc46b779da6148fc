// How the values of one tensor come out of random words: its distribution under a regime, reduced to numbers.
#pragma once

#include <cstdint>
#include <span>

#include "tasks/task.h"
#include "verify/inputs.h"

namespace assay::verify {

/// Multiples of `step` from `first`, `count` of them.
struct Grid {
    double first = 0, step = 1;
    std::uint64_t count = 1;
};

/// Magnitudes on both sides of `anchor`, which is zero or, where the bounds leave that out, the bound next to it. On
/// each side the distance is in [2^least, 2^above), its exponent uniform; a side with least == above is empty.
struct Octaves {
    struct Side {
        int least = 0, above = 0;
    };
    double anchor = 0;
    Side below_anchor, above_anchor;
};

/// A distribution each of whose values is a function of one word.
struct Drawing {
    enum class Kind : std::uint8_t { Normal, Uniform, Grid, Mixture, Magnitude };
    Kind kind = Kind::Normal;
    Kind plain = Kind::Normal;                ///< of the plain values of a mixture
    double mean = 0, stddev = 1;              ///< of Normal
    double low = 0, high = 1;                 ///< of Uniform
    Grid grid;                                ///< of Grid
    Octaves octaves;                          ///< of Mixture and Magnitude
    double reflect_low = 0, reflect_high = 0; ///< the task's bounds, or infinities
    double least = 0, greatest = 0;           ///< the outermost numbers of the dtype within the bounds
};

/// Of every distribution but Permutation, which is no function of single words.
[[nodiscard]] Drawing make_drawing(const tasks::Binding::Tensor& tensor, Regime regime);

/// The same with all deviations from the mean, or from the lower end, `factor` times as large.
[[nodiscard]] Drawing shrunk(Drawing drawing, double factor);

/// In (0, 1), neither end.
[[nodiscard]] inline double unit_interval(std::uint64_t word) {
    return (static_cast<double>(word >> 11) + 0.5) * 0x1p-53;
}

/// One value for each word, within the bounds also when it is rounded to the dtype.
void draw(const Drawing& drawing, std::span<const std::uint64_t> words, std::span<double> values);

/// An integer in [0, count), count at most 2^63.
[[nodiscard]] inline std::uint64_t below(std::uint64_t word, std::uint64_t count) {
    return static_cast<std::uint64_t>(static_cast<unsigned __int128>(word) * count >> 64);
}

} // namespace assay::verify
