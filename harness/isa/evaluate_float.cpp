// Floating-point arithmetic of scalars in f16, bf16, f32 and f64 (9.7.3 to 9.7.6).
//
// Exact operations go through softfloat and round once. The .approx functions are computed in double by the C library
// and rounded, which is well inside the ISA's bounds; where the ISA promises a particular value (rcp.approx.ftz.f64
// keeps the upper half, div.approx gives 0 for a huge divisor), that value is given. `.ftz` flushes subnormal operands
// and subnormal (rounded) results. neg, abs and copysign work on the bits, NaN or not.
#include <cmath>
#include <stdexcept>

#include "isa/evaluate_parts.h"

namespace assay::isa {

namespace {

using namespace softfloat;

/// What rcp.approx.ftz.f64 and rsqrt.approx.ftz.f64 read and write: the upper 32 bits of a double.
constexpr Format kUpperHalf{.precision = 21, .exponent_bits = 11, .padding = 32, .nan = 0x7ff8000000000000};

std::uint64_t sign_mask(const Format& format) {
    return std::uint64_t{1} << (format.width() + format.padding - 1);
}

Number approximate(Opcode opcode, const Number& operand) {
    const double x = to_double(operand);
    switch (opcode) {
    case Opcode::Rsqrt:
        return from_double(1 / std::sqrt(x));
    case Opcode::Sin:
        return from_double(std::sin(x));
    case Opcode::Cos:
        return from_double(std::cos(x));
    case Opcode::Lg2:
        return from_double(std::log2(x));
    case Opcode::Ex2:
        return from_double(std::exp2(x));
    case Opcode::Tanh:
        return from_double(std::tanh(x));
    default:
        throw std::logic_error("not an approximate function");
    }
}

/// a × (1/b): beyond 2^126 the reciprocal is flushed to zero.
Number divide_approximately(const Number& a, const Number& b) {
    static const Number limit = from_double(0x1p126);
    Number magnitude = b;
    magnitude.negative = false;
    const bool huge = b.kind == Number::Kind::Finite && compare(magnitude, limit) > 0;
    return huge && !a.is_nan() ? multiply(a, zero(b.negative)) : divide(a, b);
}

Number compute(Opcode opcode, const Modifiers& mod, const Number& a, const Number& b, const Number& c) {
    const Rounding rounding = mod.rounding;
    switch (opcode) {
    case Opcode::Add:
        return add(a, b, rounding);
    case Opcode::Sub:
        return add(a, negate(b), rounding);
    case Opcode::Mul:
        return multiply(a, b);
    case Opcode::Mad:
    case Opcode::Fma:
        return fma(a, b, c, rounding);
    case Opcode::Div:
        return mod.approx ? divide_approximately(a, b) : divide(a, b);
    case Opcode::Rcp:
        return divide(from_integer(false, 1), a);
    case Opcode::Sqrt:
        return square_root(a);
    default:
        return approximate(opcode, a);
    }
}

} // namespace

std::uint64_t saturate_to_one(const Format& format, std::uint64_t bits) {
    const Number value = unpack(format, bits);
    if (value.is_nan() || value.is_zero() || value.negative) {
        return 0;
    }
    const Number one = from_integer(false, 1);
    return compare(value, one) > 0 ? pack(format, one, Rounding::Rn) : bits;
}

std::uint64_t rectify(const Format& format, std::uint64_t bits) {
    const Number value = unpack(format, bits);
    return value.negative && !value.is_nan() ? 0 : bits;
}

std::uint64_t evaluate_float(Opcode opcode, const Modifiers& mod, std::span<const Value> src) {
    const bool upper_half = mod.type == Type::F64 && mod.approx && mod.ftz;
    const Format& format = upper_half ? kUpperHalf : format_of(mod.type);
    const unsigned width = bits_of(mod.type);
    const auto bits = [&](std::size_t i) {
        const std::uint64_t value = truncate(src[i].bits, width);
        return mod.ftz ? flush(format, value) : value;
    };
    switch (opcode) {
    case Opcode::Abs:
        return bits(0) & ~sign_mask(format);
    case Opcode::Neg:
        return bits(0) ^ sign_mask(format);
    case Opcode::Copysign:
        return (bits(1) & ~sign_mask(format)) | (bits(0) & sign_mask(format));
    default:
        break;
    }
    const auto operand = [&](std::size_t i) { return i < src.size() ? unpack(format, bits(i)) : zero(false); };
    std::uint64_t result = pack(format, compute(opcode, mod, operand(0), operand(1), operand(2)), mod.rounding);
    if (mod.ftz) {
        result = flush(format, result);
    }
    if (mod.sat) {
        result = saturate_to_one(format, result);
    }
    return mod.relu ? rectify(format, result) : result;
}

/// A NaN operand gives way to a number (with .NaN: wins); -0 is below +0. `.xorsign.abs` chooses among magnitudes and
/// gives the result the exclusive or of the signs.
std::uint64_t minimum_or_maximum(Opcode opcode, const Modifiers& mod, std::span<const Value> src) {
    const Format& format = format_of(mod.type);
    const std::uint64_t sign = sign_mask(format);
    std::uint64_t best = format.nan;
    std::uint64_t signs = 0;
    bool any_nan = false;
    bool all_nan = true;
    for (const Value& value : src) {
        std::uint64_t bits = truncate(value.bits, format.width());
        bits = mod.ftz ? flush(format, bits) : bits;
        signs ^= bits & sign;
        if (mod.xorsign_abs) {
            bits &= ~sign;
        }
        if (is_nan(format, bits)) {
            any_nan = true;
            continue;
        }
        const auto before = [&](std::uint64_t x, std::uint64_t y) {
            const int order = compare(unpack(format, x), unpack(format, y));
            return order < 0 || (order == 0 && (x & sign) > (y & sign)); // equal: -0 first
        };
        if (all_nan || (opcode == Opcode::Min ? before(bits, best) : before(best, bits))) {
            best = bits;
        }
        all_nan = false;
    }
    if (all_nan || (any_nan && mod.nan)) {
        return format.nan;
    }
    return mod.xorsign_abs ? best | signs : best;
}

} // namespace assay::isa
