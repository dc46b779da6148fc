// Input tensors: a stream of random words for each, and a distribution that makes values of them.
#include "verify/inputs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "verify/convert.h"
#include "verify/drawing.h"
#include "verify/patterns.h"
#include "verify/stream.h"

namespace assay::verify {

namespace {

constexpr std::size_t piece = 1024;                  ///< values made at a time: they stay in the nearest cache
constexpr std::uint64_t word_of_spread = 1ULL << 62; ///< beyond those of any element
constexpr std::uint64_t word_of_outlier = word_of_spread + 2;

/// Calls `use` with the index of the first word and the words of each piece of `count` words.
template <class Use> void for_each_piece(const Stream& stream, std::size_t count, Use use) {
    std::array<std::uint64_t, piece> words;
    for (std::size_t first = 0; first < count; first += piece) {
        const std::span part(words.data(), std::min(piece, count - first));
        stream.fill(first, part);
        use(first, std::span<const std::uint64_t>(part));
    }
}

/// 0 … n-1 over all elements of the tensor, shuffled by Durstenfeld's algorithm.
Bytes permutation(tasks::DType dtype, std::size_t count, const Stream& stream) {
    std::vector<double> values(count);
    std::iota(values.begin(), values.end(), 0.0);
    for_each_piece(stream, count, [&](std::size_t first, std::span<const std::uint64_t> words) {
        for (std::size_t i = 0; i < words.size(); i++) {
            const std::size_t at = count - 1 - (first + i);
            std::swap(values[at], values[below(words[i], at + 1)]);
        }
    });
    return from_doubles(dtype, values);
}

/// Makes each matrix of the last two dimensions what the distribution's structure says.
void impose(tasks::Distribution::Structure structure, const tasks::Binding::Tensor& tensor, Bytes& bytes) {
    using Structure = tasks::Distribution::Structure;
    if (structure == Structure::Full) {
        return;
    }
    const auto n = static_cast<std::size_t>(tensor.shape.back());
    const std::size_t width = tasks::bytes_of(tensor.dtype);
    for (std::byte* matrix = bytes.data(); matrix != bytes.data() + bytes.size(); matrix += n * n * width) {
        for (std::size_t row = 1; row < n; row++) {
            for (std::size_t column = 0; column < row; column++) {
                std::byte* const below = matrix + (row * n + column) * width;
                std::byte* const above = matrix + (column * n + row) * width;
                if (structure == Structure::Symmetric) {
                    std::memcpy(below, above, width);
                } else {
                    std::memset(structure == Structure::Upper ? below : above, 0, width);
                }
            }
        }
    }
}

/// One element in 16, as chosen by bits of its word that its value does not depend on, becomes NaN or infinite.
void strew_non_finite(const tasks::Distribution& distribution, std::span<const std::uint64_t> words,
                      std::span<double> values) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    std::array<double, 3> allowed{};
    std::size_t count = 0;
    if (distribution.nan) {
        allowed[count++] = std::numeric_limits<double>::quiet_NaN();
    }
    if (distribution.infinity) {
        allowed[count++] = infinity;
    }
    if (distribution.negative_infinity) {
        allowed[count++] = -infinity;
    }
    for (std::size_t i = 0; i < values.size() && count > 0; i++) {
        if ((words[i] & 15) == 0) {
            values[i] = allowed[(words[i] >> 5 & 63) % count];
        }
    }
}

/// Moves two elements, anywhere, far away, one above and one below as far as the bounds allow: whoever looks at some of
/// the elements to decide about all misses them. Of a single element the side is drawn.
void place_outliers(const tasks::Binding::Tensor& tensor, const Drawing& drawing, const Stream& stream, Bytes& bytes) {
    std::array<std::uint64_t, 4> words;
    stream.fill(word_of_outlier, words);
    const auto count = static_cast<std::uint64_t>(tensor.elements());
    const auto first = below(words[0], count);
    const auto place = [&](std::uint64_t at, std::uint64_t word, bool negative) {
        const int octave = tensor.dtype == tasks::DType::Float16 ? 2 + static_cast<int>(word & 1)
                                                                 : 7 + static_cast<int>((word & 0xFF) % 3);
        const double magnitude = std::ldexp(1 + unit_interval(word), octave);
        const bool down = negative ? drawing.least <= -magnitude : drawing.greatest < magnitude;
        const double value = std::clamp(down ? -magnitude : magnitude, drawing.least, drawing.greatest);
        write_doubles(tensor.dtype, {&value, 1}, bytes, at);
    };
    const bool side = (words[1] >> 8 & 1) != 0;
    place(first, words[1], side);
    if (count > 1) {
        place((first + 1 + below(words[2], count - 1)) % count, words[3], !side);
    }
}

Bytes tensor_of(const tasks::Binding::Tensor& tensor, Regime regime, const Stream& stream) {
    const auto count = static_cast<std::size_t>(tensor.elements());
    if (tensor.distribution.kind == tasks::Distribution::Kind::Permutation) {
        return permutation(tensor.dtype, count, stream);
    }
    const bool plain = tensor.distribution.kind == tasks::Distribution::Kind::Integers;
    const Patterns patterns(tensor, stream);
    Drawing drawing = make_drawing(tensor, regime);
    if (regime == Regime::Normal && tensor.distribution.spread > 1) {
        std::array<std::uint64_t, 2> words;
        stream.fill(word_of_spread, words);
        drawing = shrunk(drawing, std::pow(tensor.distribution.spread, -unit_interval(words[0])));
    }
    Bytes bytes(tensor.bytes());
    std::array<double, piece> values;
    for_each_piece(stream, count, [&](std::size_t first, std::span<const std::uint64_t> words) {
        const std::span drawn(values.data(), words.size());
        if (regime == Regime::Patterns && !plain) {
            patterns.draw(first, words, drawn);
        } else {
            draw(drawing, words, drawn);
        }
        if (regime == Regime::NonFinite) {
            strew_non_finite(tensor.distribution, words, drawn);
        }
        write_doubles(tensor.dtype, drawn, bytes, first);
    });
    if (regime == Regime::Outlier && !plain && count > 0) {
        place_outliers(tensor, drawing, stream, bytes);
    }
    impose(tensor.distribution.structure, tensor, bytes);
    return bytes;
}

} // namespace

std::string_view to_string(Regime regime) {
    switch (regime) {
    case Regime::Normal:
        return "normal";
    case Regime::Uniform:
        return "uniform";
    case Regime::Integers:
        return "integers";
    case Regime::Magnitudes:
        return "magnitudes";
    case Regime::Negative:
        return "negative";
    case Regime::Outlier:
        return "outlier";
    case Regime::Patterns:
        return "patterns";
    case Regime::NonFinite:
        return "non-finite";
    }
    return {};
}

std::vector<Bytes> generate(const tasks::Binding& binding, const Key& key, Regime regime, std::uint32_t draw) {
    std::vector<Bytes> inputs;
    for (std::uint32_t i = 0; i < binding.inputs.size(); i++) {
        const Stream stream(key, {binding.task, binding.workload, regime, draw, i});
        inputs.push_back(tensor_of(binding.inputs[i], regime, stream));
    }
    return inputs;
}

} // namespace assay::verify
