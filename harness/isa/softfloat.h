// Floating-point arithmetic by integers, exact in every format and rounding that the ISA has.
//
// A number is unpacked to sign, integer significand and exponent; an operation computes the exact result, or enough
// bits of it with the last bit standing for "and something below" (the sticky bit); `pack` rounds once into the format.
// So f16 fma cannot round twice, and results depend neither on the host's rounding mode nor on the compiler.
#pragma once

#include <cstdint>
#include <utility>

#include "isa/types.h"

namespace assay::isa::softfloat {

__extension__ using Wide = unsigned __int128;

/// An interchange format: 1 sign bit, `exponent_bits`, `precision - 1` fraction bits.
struct Format {
    unsigned precision; ///< significand bits, the hidden one counted
    unsigned exponent_bits;
    unsigned padding = 0;  ///< zero bits below the fraction (tf32)
    bool infinity = true;  ///< false: e4m3, whose only NaN is all ones and whose largest exponent is finite
    std::uint64_t nan = 0; ///< the canonical NaN

    [[nodiscard]] constexpr unsigned width() const { return precision + exponent_bits; }
    [[nodiscard]] constexpr int bias() const { return (1 << (exponent_bits - 1)) - 1; }
    /// The exponent of the smallest normal number.
    [[nodiscard]] constexpr int minimum_exponent() const { return 1 - bias(); }
};

/// The format of a scalar type: F16, BF16, F32, TF32, F64, E4M3, E5M2.
[[nodiscard]] const Format& format_of(Type type);

/// significand × 2^exponent, exactly.
struct Number {
    enum class Kind : std::uint8_t { Zero, Finite, Infinity, NaN };
    Kind kind = Kind::Zero;
    bool negative = false;
    int exponent = 0;
    Wide significand = 0; ///< not zero when Finite

    [[nodiscard]] bool is_nan() const { return kind == Kind::NaN; }
    [[nodiscard]] bool is_zero() const { return kind == Kind::Zero; }
    [[nodiscard]] bool is_infinity() const { return kind == Kind::Infinity; }
};

[[nodiscard]] Number nan();
[[nodiscard]] Number zero(bool negative);
[[nodiscard]] Number infinity(bool negative);
[[nodiscard]] Number from_integer(bool negative, std::uint64_t magnitude);
[[nodiscard]] Number from_double(double value);

[[nodiscard]] Number unpack(const Format& format, std::uint64_t bits);
/// Rounds. Overflow gives infinity or the largest finite number, as IEEE 754 has it for the rounding; with `saturate`
/// (or in a format without infinity) always the largest finite number.
[[nodiscard]] std::uint64_t pack(const Format& format, const Number& number, Rounding rounding, bool saturate = false);

[[nodiscard]] bool is_subnormal(const Format& format, std::uint64_t bits);
[[nodiscard]] bool is_nan(const Format& format, std::uint64_t bits);
/// A subnormal becomes a zero of its sign.
[[nodiscard]] std::uint64_t flush(const Format& format, std::uint64_t bits);

/// `rounding` decides the sign of an exact zero sum: minus for Rm, plus otherwise.
[[nodiscard]] Number add(const Number& a, const Number& b, Rounding rounding);
[[nodiscard]] Number multiply(const Number& a, const Number& b);
[[nodiscard]] Number fma(const Number& a, const Number& b, const Number& c, Rounding rounding);
[[nodiscard]] Number divide(const Number& a, const Number& b);
[[nodiscard]] Number square_root(const Number& a);
[[nodiscard]] Number negate(Number a);

/// To an integral value; Rn, Rz, Rm, Rp and their I forms.
[[nodiscard]] Number round_to_integral(const Number& a, Rounding rounding);

/// -1, 0, 1; neither may be NaN.
[[nodiscard]] int compare(const Number& a, const Number& b);

/// The nearest double; for the functions that the ISA bounds but does not define exactly.
[[nodiscard]] double to_double(const Number& a);

} // namespace assay::isa::softfloat
