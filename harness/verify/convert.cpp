// Conversions between a dtype's bytes and doubles.
//
// A double is rounded to 16-bit formats directly, in its own bits (formats.h): by way of float it would be rounded
// twice, which is wrong for numbers near the middle between two neighbours.
#include "verify/convert.h"

#include <algorithm>
#include <cstring>

#include "verify/formats.h"

namespace assay::verify {

namespace {

using tasks::DType;

/// How one element is stored, and its conversions.
template <class Stored> struct Plain {
    using Storage = Stored;
    static double decode(Stored stored) { return static_cast<double>(stored); }
    static Stored encode(double value) {
        if constexpr (std::is_floating_point_v<Stored>) {
            return static_cast<Stored>(value); // one rounding, by the processor; overflow gives infinity
        } else {
            constexpr auto least = std::numeric_limits<Stored>::min();
            constexpr auto greatest = std::numeric_limits<Stored>::max();
            // The greatest int64 is no double; the number after it, a power of two, is one for every type.
            constexpr double beyond = 2.0 * static_cast<double>(Stored{1} << (std::numeric_limits<Stored>::digits - 1));
            const double whole = std::nearbyint(value);
            return std::isnan(value)                    ? Stored{0}
                   : whole < static_cast<double>(least) ? least
                   : whole >= beyond                    ? greatest
                                                        : static_cast<Stored>(whole);
        }
    }
};

struct Truth {
    using Storage = std::uint8_t;
    static double decode(std::uint8_t stored) { return stored; }
    static std::uint8_t encode(double value) { return value != 0 ? 1 : 0; }
};

/// A 16-bit format: sign, exponent, mantissa.
template <Format format> struct Narrow {
    using Storage = std::uint16_t;
    static constexpr int shift = 52 - format.mantissa;
    static constexpr std::uint64_t bias = 1023 - (1 - format.least); ///< of a double's exponent over the format's
    static constexpr std::uint16_t infinity = 0x7FFF >> format.mantissa << format.mantissa;

    static double decode(std::uint16_t stored) {
        const std::uint16_t magnitude = stored & 0x7FFF;
        const std::uint64_t sign = static_cast<std::uint64_t>(stored & 0x8000) << 48;
        if (magnitude >= infinity) {
            return std::bit_cast<double>(sign | 0x7FFULL << 52 |
                                         static_cast<std::uint64_t>(magnitude & ~infinity) << shift);
        }
        if (magnitude < 1U << format.mantissa) { // subnormal
            constexpr double ulp =
                std::bit_cast<double>(static_cast<std::uint64_t>(format.least - format.mantissa + 1023) << 52);
            return std::bit_cast<double>(sign | std::bit_cast<std::uint64_t>(magnitude * ulp));
        }
        return std::bit_cast<double>(sign | ((static_cast<std::uint64_t>(magnitude) << shift) + (bias << 52)));
    }

    static std::uint16_t encode(double value) {
        const double rounded = round_to<format>(value);
        const auto bits = std::bit_cast<std::uint64_t>(rounded);
        const auto sign = static_cast<std::uint16_t>(bits >> 48 & 0x8000);
        const double magnitude = std::abs(rounded);
        constexpr double least_normal = std::bit_cast<double>(static_cast<std::uint64_t>(format.least + 1023) << 52);
        if (!(magnitude <= std::numeric_limits<double>::max())) {
            const std::uint16_t quiet = std::isnan(rounded) ? 1U << (format.mantissa - 1) : 0;
            return sign | infinity | quiet;
        }
        if (magnitude < least_normal) {
            constexpr double per_ulp =
                std::bit_cast<double>(static_cast<std::uint64_t>(format.mantissa - format.least + 1023) << 52);
            return sign | static_cast<std::uint16_t>(magnitude * per_ulp);
        }
        const std::uint64_t exponent_and_mantissa = (bits & ~(1ULL << 63)) - (bias << 52);
        return sign | static_cast<std::uint16_t>(exponent_and_mantissa >> shift);
    }
};

template <class Element> void decode_all(const std::byte* bytes, std::span<double> values) {
    for (std::size_t i = 0; i < values.size(); i++) {
        typename Element::Storage stored;
        std::memcpy(&stored, bytes + i * sizeof stored, sizeof stored);
        values[i] = Element::decode(stored);
    }
}

template <class Element> void encode_all(std::span<const double> values, std::byte* bytes) {
    for (std::size_t i = 0; i < values.size(); i++) {
        const typename Element::Storage stored = Element::encode(values[i]);
        std::memcpy(bytes + i * sizeof stored, &stored, sizeof stored);
    }
}

/// Calls `use` with the element type of a dtype.
template <class Use> void with_element(DType dtype, Use use) {
    switch (dtype) {
    case DType::Float64:
        return use(Plain<double>());
    case DType::Float32:
        return use(Plain<float>());
    case DType::Float16:
        return use(Narrow<binary16>());
    case DType::BFloat16:
        return use(Narrow<brain16>());
    case DType::Int64:
        return use(Plain<std::int64_t>());
    case DType::Int32:
        return use(Plain<std::int32_t>());
    case DType::Int16:
        return use(Plain<std::int16_t>());
    case DType::Int8:
        return use(Plain<std::int8_t>());
    case DType::UInt8:
        return use(Plain<std::uint8_t>());
    case DType::Bool:
        return use(Truth());
    }
}

} // namespace

Format format_of(DType dtype) {
    switch (dtype) {
    case DType::Float32:
        return binary32;
    case DType::Float16:
        return binary16;
    case DType::BFloat16:
        return brain16;
    default:
        return binary64;
    }
}

void read_doubles(DType dtype, const Bytes& bytes, std::size_t first, std::span<double> values) {
    with_element(dtype, [&]<class Element>(Element) {
        decode_all<Element>(bytes.data() + first * sizeof(typename Element::Storage), values);
    });
}

void write_doubles(DType dtype, std::span<const double> values, Bytes& bytes, std::size_t first) {
    with_element(dtype, [&]<class Element>(Element) {
        encode_all<Element>(values, bytes.data() + first * sizeof(typename Element::Storage));
    });
}

void round_doubles(DType dtype, std::span<double> values) {
    if (dtype == DType::Float64) {
        return;
    }
    with_element(dtype, [&]<class Element>(Element) {
        std::ranges::transform(values, values.begin(),
                               [](double value) { return Element::decode(Element::encode(value)); });
    });
}

std::vector<double> to_doubles(DType dtype, const Bytes& bytes) {
    std::vector<double> values(bytes.size() / tasks::bytes_of(dtype));
    read_doubles(dtype, bytes, 0, values);
    return values;
}

Bytes from_doubles(DType dtype, const std::vector<double>& values) {
    Bytes bytes(values.size() * tasks::bytes_of(dtype));
    write_doubles(dtype, values, bytes, 0);
    return bytes;
}

std::vector<Bytes> widen_inputs(const tasks::Binding& binding, const std::vector<Bytes>& inputs) {
    std::vector<Bytes> wide;
    for (std::size_t i = 0; i < inputs.size(); i++) {
        const DType dtype = binding.inputs.at(i).dtype;
        wide.push_back(tasks::is_float(dtype) && dtype != DType::Float64
                           ? from_doubles(DType::Float64, to_doubles(dtype, inputs[i]))
                           : inputs[i]);
    }
    return wide;
}

} // namespace assay::verify
