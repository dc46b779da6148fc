#include "isa/softfloat.h"

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace assay::isa::softfloat {

namespace {

constexpr Format kF16{.precision = 11, .exponent_bits = 5, .nan = 0x7fff};
constexpr Format kBF16{.precision = 8, .exponent_bits = 8, .nan = 0x7fff};
constexpr Format kF32{.precision = 24, .exponent_bits = 8, .nan = 0x7fffffff};
constexpr Format kTF32{.precision = 11, .exponent_bits = 8, .padding = 13, .nan = 0x7fffffff};
constexpr Format kF64{.precision = 53, .exponent_bits = 11, .nan = 0x7ff8000000000000};
constexpr Format kE4M3{.precision = 4, .exponent_bits = 4, .infinity = false, .nan = 0x7f};
constexpr Format kE5M2{.precision = 3, .exponent_bits = 5, .nan = 0x7f};

/// Index of the highest bit that is set.
int top_bit(Wide value) {
    const auto high = static_cast<std::uint64_t>(value >> 64);
    return high != 0 ? 127 - std::countl_zero(high) : 63 - std::countl_zero(static_cast<std::uint64_t>(value));
}

/// Shifts right; what falls off sets the last bit.
Wide shift_right_jam(Wide value, int count) {
    if (count <= 0) {
        return value;
    }
    if (count > 127) {
        return value != 0 ? 1 : 0;
    }
    return (value >> count) | ((value & ((Wide{1} << count) - 1)) != 0 ? 1 : 0);
}

/// Rounds value / 2^shift to an integer.
Wide round_shift(Wide value, int shift, bool negative, Rounding rounding) {
    if (shift <= 0) {
        return value << (-shift & 0x7f); // never by more than the width of a format
    }
    // Beyond the width only "less than half" is left of the value.
    const Wide jammed = shift > 126 ? Wide{1} : value;
    const int count = std::min(shift, 126);
    const Wide kept = jammed >> count;
    const Wide rest = jammed & ((Wide{1} << count) - 1);
    const Wide half = Wide{1} << (count - 1);
    bool up = false;
    switch (rounding) {
    case Rounding::Rz:
    case Rounding::Rzi:
        break;
    case Rounding::Rm:
    case Rounding::Rmi:
        up = negative && rest != 0;
        break;
    case Rounding::Rp:
    case Rounding::Rpi:
        up = !negative && rest != 0;
        break;
    case Rounding::Rna:
        up = rest >= half;
        break;
    case Rounding::None:
    case Rounding::Rn:
    case Rounding::Rni:
        up = rest > half || (rest == half && (kept & 1) != 0);
        break;
    }
    return kept + (up ? 1 : 0);
}

Number finite(bool negative, int exponent, Wide significand) {
    return {Number::Kind::Finite, negative, exponent, significand};
}

/// Moves the top bit to position 123: room above for a carry, and below for what alignment shifts out.
Number normalised(Number number) {
    constexpr int position = 123;
    const int shift = position - top_bit(number.significand);
    number.significand = shift >= 0 ? number.significand << shift : shift_right_jam(number.significand, -shift);
    number.exponent -= shift;
    return number;
}

bool overflows_to_infinity(bool negative, Rounding rounding) {
    switch (rounding) {
    case Rounding::Rz:
        return false;
    case Rounding::Rm:
        return negative;
    case Rounding::Rp:
        return !negative;
    default:
        return true;
    }
}

} // namespace

const Format& format_of(Type type) {
    switch (type) {
    case Type::F16:
        return kF16;
    case Type::BF16:
        return kBF16;
    case Type::F32:
        return kF32;
    case Type::TF32:
        return kTF32;
    case Type::F64:
        return kF64;
    case Type::E4M3:
        return kE4M3;
    case Type::E5M2:
        return kE5M2;
    default:
        throw std::logic_error("not a floating-point type");
    }
}

Number nan() {
    return {Number::Kind::NaN, false, 0, 0};
}

Number zero(bool negative) {
    return {Number::Kind::Zero, negative, 0, 0};
}

Number infinity(bool negative) {
    return {Number::Kind::Infinity, negative, 0, 0};
}

Number from_integer(bool negative, std::uint64_t magnitude) {
    return magnitude == 0 ? zero(false) : finite(negative, 0, magnitude);
}

Number from_double(double value) {
    return unpack(kF64, std::bit_cast<std::uint64_t>(value));
}

Number unpack(const Format& format, std::uint64_t bits) {
    bits >>= format.padding;
    const unsigned fraction_bits = format.precision - 1;
    const std::uint64_t fraction = bits & ((std::uint64_t{1} << fraction_bits) - 1);
    const std::uint64_t exponent_mask = (std::uint64_t{1} << format.exponent_bits) - 1;
    const std::uint64_t exponent = (bits >> fraction_bits) & exponent_mask;
    const bool negative = ((bits >> (format.width() - 1)) & 1) != 0;
    if (exponent == exponent_mask) {
        if (format.infinity) {
            return fraction != 0 ? nan() : infinity(negative);
        }
        if (fraction == (std::uint64_t{1} << fraction_bits) - 1) {
            return nan();
        }
    }
    const int lowest = format.minimum_exponent() - static_cast<int>(fraction_bits);
    if (exponent == 0) {
        return fraction == 0 ? zero(negative) : finite(negative, lowest, fraction);
    }
    return finite(negative, lowest + static_cast<int>(exponent) - 1, fraction | (std::uint64_t{1} << fraction_bits));
}

std::uint64_t pack(const Format& format, const Number& number, Rounding rounding, bool saturate) {
    const int fraction_bits = static_cast<int>(format.precision) - 1;
    const std::uint64_t sign = std::uint64_t{number.negative ? 1U : 0U} << (format.width() - 1);
    const std::uint64_t exponent_mask = (std::uint64_t{1} << format.exponent_bits) - 1;
    const std::uint64_t infinite = exponent_mask << fraction_bits;
    // Without infinity the pattern below the NaN is the largest number, with it the one below infinity.
    const std::uint64_t largest = format.infinity ? infinite - 1 : infinite | ((std::uint64_t{1} << fraction_bits) - 2);
    std::uint64_t bits = 0;
    switch (number.kind) {
    case Number::Kind::NaN:
        return format.nan;
    case Number::Kind::Zero:
        break;
    case Number::Kind::Infinity:
        bits = saturate || !format.infinity ? largest : infinite;
        break;
    case Number::Kind::Finite: {
        const int exponent = number.exponent + top_bit(number.significand);
        const int lowest = std::max(exponent, format.minimum_exponent()) - fraction_bits; // of the last place
        const Wide rounded = round_shift(number.significand, lowest - number.exponent, number.negative, rounding);
        // The hidden bit adds one to the exponent field, and so does a carry out of the fraction.
        const auto field = static_cast<std::uint64_t>(lowest + fraction_bits - format.minimum_exponent());
        if (field >= exponent_mask) {
            bits = largest + 1; // beyond every finite number
        } else {
            bits = (field << fraction_bits) + static_cast<std::uint64_t>(rounded);
        }
        if (bits > largest) {
            bits =
                saturate || !format.infinity || !overflows_to_infinity(number.negative, rounding) ? largest : infinite;
        }
        break;
    }
    }
    return (sign | bits) << format.padding;
}

bool is_nan(const Format& format, std::uint64_t bits) {
    return unpack(format, bits).is_nan();
}

bool is_subnormal(const Format& format, std::uint64_t bits) {
    const Number number = unpack(format, bits);
    return number.kind == Number::Kind::Finite &&
           number.exponent + top_bit(number.significand) < format.minimum_exponent();
}

std::uint64_t flush(const Format& format, std::uint64_t bits) {
    return is_subnormal(format, bits) ? bits & (std::uint64_t{1} << (format.width() + format.padding - 1)) : bits;
}

Number negate(Number a) {
    a.negative = !a.negative;
    return a;
}

Number add(const Number& a, const Number& b, Rounding rounding) {
    if (a.is_nan() || b.is_nan() || (a.is_infinity() && b.is_infinity() && a.negative != b.negative)) {
        return nan();
    }
    if (a.is_infinity() || b.is_infinity()) {
        return a.is_infinity() ? a : b;
    }
    const bool minus_zero = rounding == Rounding::Rm;
    if (a.is_zero() && b.is_zero()) {
        return zero(a.negative == b.negative ? a.negative : minus_zero);
    }
    if (a.is_zero() || b.is_zero()) {
        return a.is_zero() ? b : a;
    }
    Number large = normalised(a);
    Number small = normalised(b);
    if (large.exponent < small.exponent ||
        (large.exponent == small.exponent && large.significand < small.significand)) {
        std::swap(large, small);
    }
    const Wide aligned = shift_right_jam(small.significand, large.exponent - small.exponent);
    if (large.negative == small.negative) {
        return finite(large.negative, large.exponent, large.significand + aligned);
    }
    const Wide difference = large.significand - aligned;
    return difference == 0 ? zero(minus_zero) : finite(large.negative, large.exponent, difference);
}

Number multiply(const Number& a, const Number& b) {
    if (a.is_nan() || b.is_nan() || (a.is_infinity() && b.is_zero()) || (a.is_zero() && b.is_infinity())) {
        return nan();
    }
    const bool negative = a.negative != b.negative;
    if (a.is_infinity() || b.is_infinity()) {
        return infinity(negative);
    }
    if (a.is_zero() || b.is_zero()) {
        return zero(negative);
    }
    return finite(negative, a.exponent + b.exponent, a.significand * b.significand);
}

Number fma(const Number& a, const Number& b, const Number& c, Rounding rounding) {
    return add(multiply(a, b), c, rounding);
}

Number divide(const Number& a, const Number& b) {
    if (a.is_nan() || b.is_nan() || (a.is_infinity() && b.is_infinity()) || (a.is_zero() && b.is_zero())) {
        return nan();
    }
    const bool negative = a.negative != b.negative;
    if (a.is_infinity() || b.is_zero()) {
        return infinity(negative);
    }
    if (a.is_zero() || b.is_infinity()) {
        return zero(negative);
    }
    const Number dividend = normalised(a); // 124 bits by at most 53: at least 71 bits of quotient
    const Wide quotient = dividend.significand / b.significand;
    const bool inexact = dividend.significand % b.significand != 0;
    return finite(negative, dividend.exponent - b.exponent - 1, (quotient << 1) | (inexact ? 1 : 0));
}

Number square_root(const Number& a) {
    if (a.is_nan() || a.is_zero()) {
        return a;
    }
    if (a.negative) {
        return nan();
    }
    if (a.is_infinity()) {
        return a;
    }
    Number square = normalised(a);
    if (square.exponent % 2 != 0) {
        square.significand <<= 1;
        --square.exponent;
    }
    Wide root = 0; // bit by bit, of a number of 125 bits: 63 bits of root
    for (Wide bit = Wide{1} << 62; bit != 0; bit >>= 1) {
        const Wide candidate = root | bit;
        if (candidate * candidate <= square.significand) {
            root = candidate;
        }
    }
    const bool inexact = root * root != square.significand;
    return finite(false, square.exponent / 2 - 1, (root << 1) | (inexact ? 1 : 0));
}

Number round_to_integral(const Number& a, Rounding rounding) {
    if (a.kind != Number::Kind::Finite || a.exponent >= 0) {
        return a;
    }
    const Wide rounded = round_shift(a.significand, -a.exponent, a.negative, rounding);
    return rounded == 0 ? zero(a.negative) : finite(a.negative, 0, rounded);
}

int compare(const Number& a, const Number& b) {
    const auto sign = [](const Number& number) { return number.is_zero() ? 0 : number.negative ? -1 : 1; };
    if (sign(a) != sign(b)) {
        return sign(a) < sign(b) ? -1 : 1;
    }
    if (sign(a) == 0) {
        return 0;
    }
    int magnitude = 0;
    if (a.is_infinity() || b.is_infinity()) {
        magnitude = static_cast<int>(a.is_infinity()) - static_cast<int>(b.is_infinity());
    } else {
        const Number x = normalised(a);
        const Number y = normalised(b);
        if (x.exponent != y.exponent) {
            magnitude = x.exponent < y.exponent ? -1 : 1;
        } else if (x.significand != y.significand) {
            magnitude = x.significand < y.significand ? -1 : 1;
        }
    }
    return a.negative ? -magnitude : magnitude;
}

double to_double(const Number& a) {
    return std::bit_cast<double>(pack(kF64, a, Rounding::Rn));
}

} // namespace assay::isa::softfloat
