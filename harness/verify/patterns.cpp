// See patterns.h. What a segment is follows from eight words of the tensor's stream, far behind those of its elements,
// so that an element is still a function of its index alone.
#include "verify/patterns.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "verify/formats.h"

namespace assay::verify {

namespace {

/// Offsets are 2 to 16 times the spread. Of more, a mean of a thousand values that is summed one after the other is off
/// by as much as its variance computed from squares: the naive program that is honest by the one that is not.
constexpr int least_offset_exponent = 1;

constexpr std::uint64_t segment_words = std::uint64_t{1} << 40;
constexpr std::uint64_t fewest_rows = 4;
constexpr std::uint64_t most_segments_of_few_rows = 16;

enum class Pattern : std::uint8_t {
    Plain,
    Magnitudes,
    Integers,
    OneHot,
    Sparse,
    Ascending,
    Descending,
    Ties,
    Constant,
    Tiny,
    Offset,
};

/// By four bits of a word. Offsets and tiny numbers twice: most of the rows they are in are sums, where they matter.
constexpr std::array<Pattern, 16> choices{
    Pattern::Plain,     Pattern::Plain,      Pattern::Plain, Pattern::Plain,    Pattern::Magnitudes, Pattern::Integers,
    Pattern::OneHot,    Pattern::Sparse,     Pattern::Tiny,  Pattern::Tiny,     Pattern::Offset,     Pattern::Offset,
    Pattern::Ascending, Pattern::Descending, Pattern::Ties,  Pattern::Constant,
};

std::uint64_t segment_length(const tasks::Binding::Tensor& tensor) {
    const auto elements = static_cast<std::uint64_t>(tensor.elements());
    const auto columns = static_cast<std::uint64_t>(tensor.shape.empty() ? 1 : tensor.shape.back());
    if (columns == 0 || elements / columns >= fewest_rows) {
        return std::max<std::uint64_t>(1, columns);
    }
    return (elements + most_segments_of_few_rows - 1) / most_segments_of_few_rows;
}

double value_of(const Drawing& drawing, std::uint64_t word) {
    double value = 0;
    draw(drawing, {&word, 1}, {&value, 1});
    return value;
}

} // namespace

struct Patterns::Segment {
    Pattern pattern = Pattern::Plain;
    std::uint64_t hot = 0;              ///< position of what is no zero
    std::array<std::uint64_t, 4> few{}; ///< words of the few values
    double offset = 0;
    /// A small integer: the mean of a row of them is exact in any order. Of other constants it is off by the rounding
    /// of a long sum, which a normalisation divides by next to nothing. Zero only where bounds leave nothing else: a
    /// row of weights that are zero makes a constant of the bias.
    double constant = 0;
};

Patterns::Patterns(const tasks::Binding::Tensor& tensor, const Stream& stream)
    : stream_(stream), plain_(make_drawing(tensor, Regime::Normal)),
      magnitudes_(make_drawing(tensor, Regime::Magnitudes)), integers_(make_drawing(tensor, Regime::Integers)),
      length_(segment_length(tensor)) {
    zero_ = std::clamp(0.0, plain_.least, plain_.greatest);
    subnormal_ = tasks::is_float(tensor.dtype) ? std::ldexp(1.0, format_of(tensor.dtype).least) : 0;
    const bool uniform = plain_.kind == Drawing::Kind::Uniform;
    low_ = bounded(uniform ? plain_.low : plain_.mean - 2 * plain_.stddev);
    high_ = bounded(uniform ? plain_.high : plain_.mean + 2 * plain_.stddev);
}

double Patterns::bounded(double value) const {
    return std::clamp(value, plain_.least, plain_.greatest);
}

/// A quarter zeros of both signs, a quarter subnormal numbers, the rest plain.
double Patterns::tiny_value(std::uint64_t word, double plain) const {
    if ((word & 2) != 0) {
        return plain;
    }
    if (zero_ != 0) {
        return zero_;
    }
    const bool negative = plain_.greatest <= 0 || (plain_.least < 0 && (word >> 4 & 1) != 0);
    const double magnitude = (word & 1) != 0 ? subnormal_ * static_cast<double>(word >> 11) * 0x1p-53 : 0;
    return bounded(negative ? -magnitude : magnitude);
}

void Patterns::draw_within(const Segment& segment, std::uint64_t position, std::span<const std::uint64_t> words,
                           std::span<double> values) const {
    verify::draw(segment.pattern == Pattern::Magnitudes ? magnitudes_
                 : segment.pattern == Pattern::Integers ? integers_
                                                        : plain_,
                 words, values);
    const double whole = static_cast<double>(length_);
    for (std::size_t i = 0; i < values.size(); i++) {
        const double at = static_cast<double>(position + i) + static_cast<double>(words[i] >> 11) * 0x1p-53;
        switch (segment.pattern) {
        case Pattern::Plain:
        case Pattern::Magnitudes:
        case Pattern::Integers:
            return;
        case Pattern::OneHot:
            values[i] = position + i == segment.hot ? values[i] : zero_;
            break;
        case Pattern::Sparse:
            values[i] = (words[i] & 15) == 0 || position + i == segment.hot ? values[i] : zero_;
            break;
        case Pattern::Ascending:
            values[i] = bounded(low_ + (high_ - low_) * (at / whole));
            break;
        case Pattern::Descending:
            values[i] = bounded(high_ - (high_ - low_) * (at / whole));
            break;
        case Pattern::Ties:
            values[i] = value_of(plain_, segment.few[words[i] & 3]);
            break;
        case Pattern::Constant:
            values[i] = segment.constant;
            break;
        case Pattern::Tiny:
            values[i] = tiny_value(words[i], values[i]);
            break;
        case Pattern::Offset:
            values[i] = bounded(values[i] + segment.offset);
            break;
        }
    }
}

void Patterns::draw(std::uint64_t first, std::span<const std::uint64_t> words, std::span<double> values) const {
    const double spread = plain_.kind == Drawing::Kind::Uniform ? plain_.high - plain_.low : plain_.stddev;
    for (std::size_t done = 0; done < values.size();) {
        const std::uint64_t position = (first + done) % length_;
        const std::size_t count = std::min<std::uint64_t>(values.size() - done, length_ - position);
        std::array<std::uint64_t, 8> of_segment{};
        stream_.fill(segment_words + 8 * ((first + done) / length_), of_segment);
        Segment segment{.pattern = choices[of_segment[0] & 15],
                        .hot = below(of_segment[1], length_),
                        .few = {of_segment[2], of_segment[3], of_segment[4], of_segment[5]},
                        .offset = std::ldexp(spread, least_offset_exponent + static_cast<int>(of_segment[6] >> 1 & 3))};
        for (const double value : {value_of(integers_, of_segment[2]), 1.0, -1.0}) {
            segment.constant = segment.constant == 0 ? bounded(value) : segment.constant;
        }
        segment.offset = (of_segment[6] & 1) != 0 ? -segment.offset : segment.offset;
        draw_within(segment, position, words.subspan(done, count), values.subspan(done, count));
        done += count;
    }
}

} // namespace assay::verify
