// cvt (9.7.9.21), and the conversions that other parts use.
//
// Float to integer saturates. NaN becomes 0, but 0x80… when the source is f64 or the destination has 64 bits (ISA 9.0).
// Integer to integer keeps the low bits, or saturates with .sat. `.ftz` concerns f32 operands and results only.
#include "isa/evaluate_parts.h"

#include <algorithm>
#include <bit>

namespace assay::isa {

namespace {

using namespace softfloat;
__extension__ using SignedWide = __int128;

SignedWide lowest_of(Type type) {
    return is_signed(type) ? -(SignedWide{1} << (bits_of(type) - 1)) : 0;
}

SignedWide highest_of(Type type) {
    return (SignedWide{1} << (bits_of(type) - (is_signed(type) ? 1 : 0))) - 1;
}

SignedWide integer_value(Type type, std::uint64_t bits) {
    return is_signed(type) ? SignedWide{sign_extend(bits, bits_of(type))} : SignedWide{truncate(bits, bits_of(type))};
}

SignedWide to_integer(const Number& number, const Modifiers& mod) {
    const SignedWide low = lowest_of(mod.type);
    const SignedWide high = highest_of(mod.type);
    if (number.is_nan()) {
        const bool wide = mod.source_type == Type::F64 || bits_of(mod.type) == 64;
        return wide ? SignedWide{1} << (bits_of(mod.type) - 1) : 0; // of a signed type: its lowest value
    }
    if (number.is_infinity()) {
        return number.negative ? low : high;
    }
    const Number integral = round_to_integral(number, mod.rounding);
    if (integral.exponent > 64) { // far beyond every integer type, and too far to shift
        return integral.negative ? low : high;
    }
    const auto magnitude = static_cast<SignedWide>(integral.significand << integral.exponent);
    return std::clamp(integral.negative ? -magnitude : magnitude, low, high);
}

Number number_from(Type type, bool ftz, std::uint64_t bits) {
    if (!is_float(type)) {
        const SignedWide value = integer_value(type, bits);
        return from_integer(value < 0, static_cast<std::uint64_t>(value < 0 ? -value : value));
    }
    const Format& format = format_of(type);
    bits = truncate(bits, format.width() + format.padding);
    return unpack(format, ftz && type == Type::F32 ? flush(format, bits) : bits);
}

/// The result as a float of type `type`.
std::uint64_t float_result(const Modifiers& mod, Type type, Number number) {
    const Format& format = format_of(type);
    if (mod.rounding >= Rounding::Rni && is_float(mod.source_type)) {
        number = round_to_integral(number, mod.rounding);
    }
    std::uint64_t bits = pack(format, number, mod.rounding, mod.satfinite);
    if (mod.ftz && type == Type::F32) {
        bits = flush(format, bits);
    }
    if (mod.sat) {
        bits = saturate_to_one(format, bits);
    }
    return mod.relu ? rectify(format, bits) : bits;
}

/// Two sources make the two halves (the first the upper one), or one packed source does.
std::uint64_t packed_result(const Modifiers& mod, std::span<const Value> src) {
    const Type target = element_of(mod.type);
    const Type source = element_of(mod.source_type);
    const bool two = src.size() > 1;
    const std::uint64_t low = two ? src[1].bits : element_at(src[0].bits, source, 0);
    const std::uint64_t high = two ? src[0].bits : element_at(src[0].bits, source, 1);
    return join(float_result(mod, target, number_from(source, mod.ftz, low)),
                float_result(mod, target, number_from(source, mod.ftz, high)), target);
}

} // namespace

std::uint64_t evaluate_convert(const Modifiers& mod, std::span<const Value> src, unsigned width) {
    if (is_packed(mod.type)) {
        return packed_result(mod, src);
    }
    if (is_float(mod.type)) {
        return float_result(mod, mod.type, number_from(mod.source_type, mod.ftz, src[0].bits));
    }
    SignedWide value = is_float(mod.source_type) ? to_integer(number_from(mod.source_type, mod.ftz, src[0].bits), mod)
                                                 : integer_value(mod.source_type, src[0].bits);
    if (mod.sat) {
        value = std::clamp(value, lowest_of(mod.type), highest_of(mod.type));
    }
    const std::uint64_t bits = truncate(static_cast<std::uint64_t>(value), bits_of(mod.type));
    return truncate(is_signed(mod.type) ? static_cast<std::uint64_t>(sign_extend(bits, bits_of(mod.type))) : bits,
                    std::max(width, bits_of(mod.type)));
}

std::uint16_t f32_to_f16(float value) {
    const Number number = unpack(format_of(Type::F32), std::bit_cast<std::uint32_t>(value));
    return static_cast<std::uint16_t>(pack(format_of(Type::F16), number, Rounding::Rn));
}

float f16_to_f32(std::uint16_t bits) {
    const std::uint64_t wide = pack(format_of(Type::F32), unpack(format_of(Type::F16), bits), Rounding::Rn);
    return std::bit_cast<float>(static_cast<std::uint32_t>(wide));
}

std::uint16_t f32_to_bf16(float value) {
    const Number number = unpack(format_of(Type::F32), std::bit_cast<std::uint32_t>(value));
    return static_cast<std::uint16_t>(pack(format_of(Type::BF16), number, Rounding::Rn));
}

float bf16_to_f32(std::uint16_t bits) {
    const std::uint64_t wide = pack(format_of(Type::F32), unpack(format_of(Type::BF16), bits), Rounding::Rn);
    return std::bit_cast<float>(static_cast<std::uint32_t>(wide));
}

} // namespace assay::isa
