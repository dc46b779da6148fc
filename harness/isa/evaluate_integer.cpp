// Integer arithmetic (9.7.1, 9.7.2). Operands are widened to 128 bits, where nothing overflows; the result is cut.
//
// What the ISA leaves undefined: x / 0 is all ones, x % 0 is x, INT_MIN / -1 wraps to INT_MIN with remainder 0.
#include "isa/evaluate_parts.h"

#include <algorithm>
#include <stdexcept>

namespace assay::isa {

namespace {

using softfloat::Wide;
__extension__ using SignedWide = __int128;

/// The operand's value, sign- or zero-extended.
SignedWide widen(std::uint64_t bits, Type type) {
    const unsigned width = bits_of(type);
    return is_signed(type) ? SignedWide{sign_extend(bits, width)} : SignedWide{truncate(bits, width)};
}

SignedWide clamp_to(SignedWide value, Type type) {
    const unsigned width = bits_of(type);
    const SignedWide low = is_signed(type) ? -(SignedWide{1} << (width - 1)) : 0;
    const SignedWide high = is_signed(type) ? (SignedWide{1} << (width - 1)) - 1 : (SignedWide{1} << width) - 1;
    return std::clamp(value, low, high);
}

/// The two's complement bits of a × b. Products of two 64-bit numbers, signed or not, fit 128 bits.
Wide product(std::uint64_t a, std::uint64_t b, Type type) {
    return static_cast<Wide>(widen(a, type)) * static_cast<Wide>(widen(b, type));
}

/// The half of a product that .lo or .hi names (.wide: all of it).
std::uint64_t product_part(Wide full, const Modifiers& mod) {
    const unsigned width = bits_of(mod.type);
    if (mod.wide) {
        return truncate(static_cast<std::uint64_t>(full), 2 * width);
    }
    return truncate(static_cast<std::uint64_t>(mod.high ? full >> width : full), width);
}

/// a + b + carry in, with the carry out when asked for.
std::uint64_t add_with_carry(std::uint64_t a, std::uint64_t b, bool carry, const Modifiers& mod, Flags& flags) {
    const unsigned width = bits_of(mod.type);
    const Wide sum = Wide{truncate(a, width)} + truncate(b, width) + (carry ? 1 : 0);
    if (mod.carry_out) {
        flags.carry = (sum >> width) != 0;
    }
    return truncate(static_cast<std::uint64_t>(sum), width);
}

/// The flag is a borrow here: sub.cc sets it when a < b, subc subtracts it.
std::uint64_t subtract_with_borrow(std::uint64_t a, std::uint64_t b, bool borrow, const Modifiers& mod, Flags& flags) {
    const unsigned width = bits_of(mod.type);
    const Wide subtrahend = Wide{truncate(b, width)} + (borrow ? 1 : 0);
    const Wide minuend = truncate(a, width);
    if (mod.carry_out) {
        flags.carry = minuend < subtrahend;
    }
    return truncate(static_cast<std::uint64_t>(minuend - subtrahend), width);
}

std::uint64_t multiply_24(const Modifiers& mod, std::uint64_t a, std::uint64_t b) {
    const auto operand = [&mod](std::uint64_t bits) {
        return is_signed(mod.type) ? sign_extend(bits, 24) : static_cast<std::int64_t>(truncate(bits, 24));
    };
    const std::int64_t full = operand(a) * operand(b); // 48 bits
    return truncate(static_cast<std::uint64_t>(mod.high ? full >> 16 : full), 32);
}

/// Sum of the products of the elements of a and b, plus c. `pair`: two elements of 16 bits by two bytes of b.
std::uint64_t dot_product(const Modifiers& mod, std::span<const Value> src, bool pair) {
    const unsigned count = pair ? 2 : 4;
    const unsigned a_width = pair ? 16 : 8;
    const unsigned first_byte = pair && mod.high_half ? 2 : 0;
    std::int64_t sum = sign_extend(src[2].bits, 32);
    for (unsigned i = 0; i < count; ++i) {
        const std::uint64_t a = truncate(src[0].bits >> (i * a_width), a_width);
        const std::uint64_t b = truncate(src[1].bits >> ((first_byte + i) * 8), 8);
        const std::int64_t x = is_signed(mod.type) ? sign_extend(a, a_width) : static_cast<std::int64_t>(a);
        const std::int64_t y = is_signed(mod.source_type) ? sign_extend(b, 8) : static_cast<std::int64_t>(b);
        sum += x * y;
    }
    return truncate(static_cast<std::uint64_t>(sum), 32);
}

/// cvt.pack: saturated a above saturated b, below the low bits of c.
std::uint64_t pack_saturated(const Modifiers& mod, std::span<const Value> src) {
    const unsigned width = bits_of(mod.type);
    const auto part = [&mod, width](const Value& value) {
        return truncate(static_cast<std::uint64_t>(clamp_to(widen(value.bits, mod.source_type), mod.type)), width);
    };
    const std::uint64_t packed = part(src[0]) << width | part(src[1]);
    return truncate(src.size() > 2 ? packed | src[2].bits << (2 * width) : packed, 32);
}

} // namespace

std::uint64_t evaluate_integer(Opcode opcode, const Modifiers& mod, std::span<const Value> src, Flags& flags) {
    const unsigned width = bits_of(mod.type);
    const auto value = [&](std::size_t i) { return widen(src[i].bits, mod.type); };
    const auto result = [width](SignedWide exact) { return truncate(static_cast<std::uint64_t>(exact), width); };
    switch (opcode) {
    case Opcode::Abs:
        return result(value(0) < 0 ? -value(0) : value(0));
    case Opcode::Neg:
        return result(-value(0));
    case Opcode::Add:
        if (mod.sat) {
            return result(clamp_to(value(0) + value(1), mod.type));
        }
        return add_with_carry(src[0].bits, src[1].bits, false, mod, flags);
    case Opcode::Addc:
        return add_with_carry(src[0].bits, src[1].bits, flags.carry, mod, flags);
    case Opcode::Sub:
        if (mod.sat) {
            return result(clamp_to(value(0) - value(1), mod.type));
        }
        return subtract_with_borrow(src[0].bits, src[1].bits, false, mod, flags);
    case Opcode::Subc:
        return subtract_with_borrow(src[0].bits, src[1].bits, flags.carry, mod, flags);
    case Opcode::Mul:
        return product_part(product(src[0].bits, src[1].bits, mod.type), mod);
    case Opcode::Mad:
    case Opcode::Madc: {
        const std::uint64_t part = product_part(product(src[0].bits, src[1].bits, mod.type), mod);
        if (mod.sat) {
            return result(clamp_to(widen(part, mod.type) + value(2), mod.type));
        }
        if (mod.wide) {
            return truncate(part + src[2].bits, 2 * width);
        }
        return add_with_carry(part, src[2].bits, opcode == Opcode::Madc && flags.carry, mod, flags);
    }
    case Opcode::Mul24:
        return multiply_24(mod, src[0].bits, src[1].bits);
    case Opcode::Mad24: {
        const std::uint64_t part = multiply_24(mod, src[0].bits, src[1].bits);
        return mod.sat ? result(clamp_to(widen(part, mod.type) + value(2), mod.type))
                       : truncate(part + src[2].bits, 32);
    }
    case Opcode::Sad:
        return result((value(0) < value(1) ? value(1) - value(0) : value(0) - value(1)) + value(2));
    case Opcode::Div:
        return value(1) == 0 ? result(-1) : result(value(0) / value(1));
    case Opcode::Rem:
        return value(1) == 0 ? result(value(0)) : result(value(0) % value(1));
    case Opcode::Min:
    case Opcode::Max: {
        const SignedWide chosen = opcode == Opcode::Min ? std::min(value(0), value(1)) : std::max(value(0), value(1));
        return result(mod.relu ? std::max<SignedWide>(chosen, 0) : chosen);
    }
    case Opcode::Dp4a:
        return dot_product(mod, src, false);
    case Opcode::Dp2a:
        return dot_product(mod, src, true);
    case Opcode::CvtPack:
        return pack_saturated(mod, src);
    default:
        throw std::logic_error("not an integer operation");
    }
}

} // namespace assay::isa
