// Distributions and regimes; see drawing.h, and inputs.h for what the regimes are for.
//
// A word's bits are shared out: 0 to 3 choose within a mixture, 4 is the sign, 5 to 10 the octave, 11 to 63 the value.
// A value out of the bounds is reflected into them, since clamping would heap values up at the bound. The clamp that
// follows is to the outermost numbers that the dtype has within the bounds; rounding is monotonic, so a value is still
// within them when it is stored.
#include "verify/drawing.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "verify/convert.h"
#include "verify/formats.h"
#include "verify/half_normal.h"

namespace assay::verify {

namespace {

using tasks::Distribution;
using tasks::DType;
using Tensor = tasks::Binding::Tensor;

constexpr double infinity = std::numeric_limits<double>::infinity();

bool sign(std::uint64_t word) {
    return (word >> 4 & 1) != 0;
}

double greatest_of(DType dtype) {
    switch (dtype) {
    case DType::Bool:
        return 1;
    case DType::UInt8:
        return 255;
    case DType::Int8:
        return 127;
    case DType::Int16:
        return 32767;
    case DType::Int32:
        return 2147483647;
    case DType::Int64:
        return 0x1p53; // as far as doubles count
    default:
        return std::ldexp(2 - 2 * format_of(dtype).unit(), format_of(dtype).above - 1);
    }
}

double least_of(DType dtype) {
    return dtype == DType::Bool || dtype == DType::UInt8 ? 0 : -greatest_of(dtype);
}

/// The greatest number of the dtype that is at most `bound`, or less than it.
double last_within(DType dtype, double bound, bool less) {
    if (!tasks::is_float(dtype)) {
        return less ? std::ceil(bound) - 1 : std::floor(bound);
    }
    double value = bound;
    round_doubles(dtype, {&value, 1});
    if (value > bound || (less && value == bound)) {
        // A step of three quarters to one and a half of the distance to the next number, or of the least number there
        // is.
        const Format format = format_of(dtype);
        value -= std::max(1.5 * format.unit() * std::abs(value), std::ldexp(1.0, format.least - format.mantissa));
        round_doubles(dtype, {&value, 1});
    }
    return value;
}

/// [-1, 1), moved as little as the bounds ask for, or all that they leave if that is less.
void set_uniform_window(Drawing& drawing) {
    drawing.low = std::max(-1.0, drawing.reflect_low);
    drawing.high = std::min(1.0, drawing.reflect_high);
    drawing.high = std::min(std::max(drawing.high, drawing.reflect_low + 2), drawing.reflect_high);
    drawing.low = std::max(std::min(drawing.low, drawing.reflect_high - 2), drawing.reflect_low);
}

/// Numbers on a grid so coarse, and so small, that sums of a million products of two of them are exact in fp32:
/// integers from -4 to 4, or as near to zero as the bounds allow. Where the bounds leave fewer than four integers, the
/// step is a fraction; few multiples of it fit then, so sums stay as exact.
Grid exact_grid(const Drawing& drawing, DType dtype) {
    constexpr double reach = 4;
    const double finest = tasks::is_float(dtype) ? 0x1p-40 : 1;
    const double low = std::clamp(-reach, drawing.least, std::max(drawing.least, drawing.greatest - 2 * reach));
    const double high = std::min(drawing.greatest, std::max(reach, low + reach));
    for (double step = 1;; step /= 2) {
        const double first = std::ceil(low / step) * step;
        const double count = std::floor((high - first) / step) + 1;
        if (count >= 4 || (step <= finest && count >= 1)) {
            return {first, step, static_cast<std::uint64_t>(count)};
        }
        if (step <= finest) {
            return {low, 0, 1}; // nothing of the grid is within the bounds
        }
    }
}

/// From 2^-20 to 2^10; in fp16 from its least normal number to 2^4, so that sums of a few hundred products stay finite.
Octaves magnitudes(const Drawing& drawing, DType dtype) {
    const bool narrow = dtype == DType::Float16;
    const Octaves::Side whole{narrow ? -14 : -20, narrow ? 4 : 10};
    const auto side = [&](double room) -> Octaves::Side {
        if (!(room > 0)) {
            return {0, 0};
        }
        const int above = std::min(whole.above, std::ilogb(room));
        return {std::min(whole.least, above - 4), above};
    };
    const double anchor = std::clamp(0.0, drawing.least, drawing.greatest);
    return {anchor, side(anchor - drawing.least), side(drawing.greatest - anchor)};
}

/// The last octaves below zero of `magnitudes`, where the bounds leave them.
bool set_negative(Drawing& drawing, DType dtype) {
    Octaves octaves = magnitudes(drawing, dtype);
    Octaves::Side& below = octaves.below_anchor;
    const bool narrow = dtype == DType::Float16;
    const int least = narrow ? 2 : 7;
    if (octaves.anchor != 0 || below.above <= least) {
        return false;
    }
    below.least = least;
    octaves.above_anchor = {0, 0};
    drawing.kind = Drawing::Kind::Magnitude;
    drawing.octaves = octaves;
    return true;
}

double normal(const Drawing& drawing, const HalfNormal& table, std::uint64_t word) {
    const double magnitude = table.quantile(unit_interval(word));
    const double value = std::bit_cast<double>(std::bit_cast<std::uint64_t>(magnitude) ^ (word << 59 & 1ULL << 63));
    return drawing.mean + drawing.stddev * value;
}

double uniform(const Drawing& drawing, std::uint64_t word) {
    return drawing.low + (drawing.high - drawing.low) * unit_interval(word);
}

double on_grid(const Grid& grid, std::uint64_t word) {
    return grid.first + grid.step * static_cast<double>(below(word, grid.count));
}

double magnitude(const Octaves& octaves, std::uint64_t word) {
    const auto is_empty = [](const Octaves::Side& side) { return side.least == side.above; };
    const bool down = is_empty(octaves.above_anchor) || (sign(word) && !is_empty(octaves.below_anchor));
    const Octaves::Side& side = down ? octaves.below_anchor : octaves.above_anchor;
    if (is_empty(side)) {
        return octaves.anchor;
    }
    const int exponent = side.least + ((side.above - side.least) * static_cast<int>(word >> 5 & 63) >> 6);
    const double distance = std::ldexp(1 + unit_interval(word), exponent);
    return down ? octaves.anchor - distance : octaves.anchor + distance;
}

/// Half plain values of the distribution, three eighths magnitudes, one eighth zeros of both signs.
double mixture(const Drawing& drawing, const HalfNormal& table, std::uint64_t word) {
    const unsigned choice = word & 15;
    if (choice < 8) {
        return drawing.plain == Drawing::Kind::Uniform ? uniform(drawing, word) : normal(drawing, table, word);
    }
    if (choice < 14) {
        return magnitude(drawing.octaves, word);
    }
    const double zero = drawing.octaves.anchor;
    return zero == 0 && drawing.least < 0 && sign(word) ? -0.0 : zero;
}

/// Reflected at the bounds until it is between them.
double folded(const Drawing& drawing, double value) {
    if (value < drawing.reflect_low) {
        value = 2 * drawing.reflect_low - value;
    }
    const double width = drawing.reflect_high - drawing.reflect_low;
    if (value > drawing.reflect_high && width > 0 && width < infinity) {
        value = std::fmod(value - drawing.reflect_low, 2 * width);
        return drawing.reflect_low + (value > width ? 2 * width - value : value);
    }
    return value > drawing.reflect_high ? 2 * drawing.reflect_high - value : value;
}

/// Applies `value_of` to each word, one loop for each kind.
template <class ValueOf>
void fill(const Drawing& drawing, std::span<const std::uint64_t> words, std::span<double> values, ValueOf value_of) {
    for (std::size_t i = 0; i < values.size(); i++) {
        double value = value_of(words[i]);
        if (value < drawing.reflect_low || value > drawing.reflect_high) {
            value = folded(drawing, value);
        }
        value = value < drawing.least ? drawing.least : value;
        values[i] = value > drawing.greatest ? drawing.greatest : value;
    }
}

} // namespace

Drawing make_drawing(const Tensor& tensor, Regime regime) {
    const Distribution& distribution = tensor.distribution;
    const bool is_uniform = distribution.kind == Distribution::Kind::Uniform;
    Drawing drawing;
    drawing.plain = is_uniform ? Drawing::Kind::Uniform : Drawing::Kind::Normal;
    drawing.mean = distribution.mean;
    drawing.stddev = distribution.stddev;
    drawing.reflect_low = tensor.has_low ? tensor.low : -infinity;
    drawing.reflect_high = tensor.has_high ? tensor.high : infinity;
    drawing.least = least_of(tensor.dtype);
    drawing.greatest = greatest_of(tensor.dtype);
    if (tensor.has_low) {
        drawing.least = std::max(drawing.least, -last_within(tensor.dtype, -tensor.low, false));
    }
    if (tensor.has_high) {
        drawing.greatest = std::min(drawing.greatest, last_within(tensor.dtype, tensor.high, is_uniform));
    }
    // Bounds that are equal, or have no number of the dtype between them, leave one value.
    drawing.greatest = std::max(drawing.greatest, drawing.least);

    if (distribution.kind == Distribution::Kind::Integers) {
        drawing.kind = Drawing::Kind::Grid;
        drawing.grid = {drawing.least, 1, static_cast<std::uint64_t>(drawing.greatest - drawing.least) + 1};
        return drawing;
    }
    drawing.low = tensor.has_low ? tensor.low : tensor.has_high ? tensor.high - 1 : 0;
    drawing.high = tensor.has_high ? tensor.high : drawing.low + 1;
    switch (regime) {
    case Regime::Normal:
    case Regime::Patterns: // their plain values
    case Regime::NonFinite:
    case Regime::Outlier: // all but one
        drawing.kind = drawing.plain;
        break;
    case Regime::Uniform:
        drawing.kind = Drawing::Kind::Uniform;
        set_uniform_window(drawing);
        break;
    case Regime::Integers:
        drawing.kind = Drawing::Kind::Grid;
        drawing.grid = exact_grid(drawing, tensor.dtype);
        break;
    case Regime::Magnitudes:
        drawing.kind = Drawing::Kind::Mixture;
        drawing.octaves = magnitudes(drawing, tensor.dtype);
        break;
    case Regime::Negative:
        if (!set_negative(drawing, tensor.dtype)) {
            drawing.kind = drawing.plain;
        }
        break;
    }
    return drawing;
}

Drawing shrunk(Drawing drawing, double factor) {
    drawing.stddev *= factor;
    drawing.high = drawing.low + (drawing.high - drawing.low) * factor;
    return drawing;
}

void draw(const Drawing& drawing, std::span<const std::uint64_t> words, std::span<double> values) {
    const HalfNormal& table = HalfNormal::table();
    switch (drawing.kind) {
    case Drawing::Kind::Normal:
        return fill(drawing, words, values, [&](std::uint64_t word) { return normal(drawing, table, word); });
    case Drawing::Kind::Uniform:
        return fill(drawing, words, values, [&](std::uint64_t word) { return uniform(drawing, word); });
    case Drawing::Kind::Grid:
        return fill(drawing, words, values, [&](std::uint64_t word) { return on_grid(drawing.grid, word); });
    case Drawing::Kind::Mixture:
        return fill(drawing, words, values, [&](std::uint64_t word) { return mixture(drawing, table, word); });
    case Drawing::Kind::Magnitude:
        return fill(drawing, words, values, [&](std::uint64_t word) { return magnitude(drawing.octaves, word); });
    }
}

} // namespace assay::verify
