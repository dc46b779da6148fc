// Bit counting and bit fields (9.7.1), logic, shifts and permutes (9.7.8). Shift amounts clamp at the width.
#include "isa/evaluate_parts.h"

#include <algorithm>
#include <array>
#include <bit>
#include <stdexcept>

namespace assay::isa {

namespace {

constexpr std::uint64_t kNotFound = 0xffffffff;

/// The most significant bit that is not a copy of the sign.
std::uint64_t find_leading(const Modifiers& mod, std::uint64_t bits) {
    const unsigned width = bits_of(mod.type);
    std::uint64_t value = truncate(bits, width);
    if (is_signed(mod.type) && sign_extend(value, width) < 0) {
        value = truncate(~value, width);
    }
    if (value == 0) {
        return kNotFound;
    }
    const auto position = static_cast<unsigned>(63 - std::countl_zero(value));
    return mod.shift_amount ? width - 1 - position : position;
}

/// fns: the |offset|-th set bit from `base` on, upwards or (offset < 0) downwards.
std::uint64_t find_nth_set(std::uint64_t mask, std::uint64_t base, std::int64_t offset) {
    const auto is_set = [mask](std::int64_t position) { return ((mask >> position) & 1) != 0; };
    auto position = static_cast<std::int64_t>(truncate(base, 32));
    if (position >= 32) {
        return kNotFound;
    }
    if (offset == 0) {
        return is_set(position) ? static_cast<std::uint64_t>(position) : kNotFound;
    }
    std::int64_t remaining = (offset < 0 ? -offset : offset) - 1;
    for (; position >= 0 && position < 32; position += offset > 0 ? 1 : -1) {
        if (is_set(position) && remaining-- == 0) {
            return static_cast<std::uint64_t>(position);
        }
    }
    return kNotFound;
}

std::uint64_t reverse(std::uint64_t value, unsigned width) {
    std::uint64_t result = 0;
    for (unsigned i = 0; i < width; ++i) {
        result |= ((value >> i) & 1) << (width - 1 - i);
    }
    return result;
}

std::uint64_t extract_field(const Modifiers& mod, std::uint64_t value, unsigned position, unsigned length) {
    const unsigned width = bits_of(mod.type);
    value = truncate(value, width);
    const unsigned last = std::min(position + length - 1, width - 1);
    const bool sign = is_signed(mod.type) && length > 0 && ((value >> last) & 1) != 0;
    const unsigned available = position < width ? std::min(length, width - position) : 0;
    const std::uint64_t field = available == 0 ? 0 : truncate(value >> position, available);
    return truncate(sign && available < 64 ? field | ~std::uint64_t{0} << available : field, width);
}

std::uint64_t insert_field(const Modifiers& mod, std::uint64_t field, std::uint64_t into, unsigned position,
                           unsigned length) {
    const unsigned width = bits_of(mod.type);
    if (position >= width || length == 0) {
        return truncate(into, width);
    }
    const std::uint64_t mask = truncate(~std::uint64_t{0}, std::min(length, width - position)) << position;
    return truncate((into & ~mask) | ((field << position) & mask), width);
}

/// The low n bits, extended by the type's sign.
std::uint64_t extend(const Modifiers& mod, std::uint64_t value, std::uint64_t count) {
    const auto bits = static_cast<unsigned>(mod.wrap ? count & 0x1f : std::min<std::uint64_t>(truncate(count, 32), 32));
    if (bits == 0) {
        return 0;
    }
    const std::uint64_t low = truncate(value, bits);
    return is_signed(mod.type) ? truncate(static_cast<std::uint64_t>(sign_extend(low, bits)), 32) : low;
}

std::uint64_t bit_mask(const Modifiers& mod, std::uint64_t position, std::uint64_t length) {
    position = truncate(position, 32);
    length = truncate(length, 32);
    if (mod.wrap) {
        position &= 0x1f;
        length &= 0x1f;
    }
    if (position >= 32) {
        return 0;
    }
    const std::uint64_t end = std::min<std::uint64_t>(position + length, 32);
    return truncate(~std::uint64_t{0}, static_cast<unsigned>(end)) &
           ~truncate(~std::uint64_t{0}, static_cast<unsigned>(position));
}

/// Each bit of the result is the bit of the table that the three operands' bits select.
std::uint64_t look_up(std::uint8_t table, std::uint64_t a, std::uint64_t b, std::uint64_t c) {
    std::uint64_t result = 0;
    for (unsigned entry = 0; entry < 8; ++entry) {
        if (((table >> entry) & 1) != 0) {
            result |= ((entry & 4) != 0 ? a : ~a) & ((entry & 2) != 0 ? b : ~b) & ((entry & 1) != 0 ? c : ~c);
        }
    }
    return truncate(result, 32);
}

std::uint64_t funnel_shift(const Modifiers& mod, std::uint64_t low, std::uint64_t high, std::uint64_t amount) {
    amount = truncate(amount, 32);
    const std::uint64_t count = mod.wrap ? amount & 0x1f : std::min<std::uint64_t>(amount, 32);
    const std::uint64_t both = high << 32 | truncate(low, 32);
    return truncate(mod.left ? both << count >> 32 : both >> count, 32);
}

std::uint64_t shift_left(const Modifiers& mod, std::uint64_t value, std::uint64_t amount) {
    const unsigned width = bits_of(mod.type);
    amount = truncate(amount, 32);
    return amount >= width ? 0 : truncate(value << amount, width);
}

std::uint64_t shift_right(const Modifiers& mod, std::uint64_t value, std::uint64_t amount) {
    const unsigned width = bits_of(mod.type);
    amount = truncate(amount, 32);
    if (is_signed(mod.type)) {
        const std::int64_t extended = sign_extend(value, width);
        return truncate(static_cast<std::uint64_t>(extended >> std::min<std::uint64_t>(amount, width - 1)), width);
    }
    return amount >= width ? 0 : truncate(value, width) >> amount;
}

/// prmt: the bytes of {b, a} that the selectors name; the top bit of a selector replicates the byte's sign.
std::uint64_t permute(const Modifiers& mod, std::uint64_t a, std::uint64_t b, std::uint64_t c) {
    // Selectors of the modes, for c & 3 = 0 … 3, first nibble lowest (table 9.7.8.7).
    static constexpr std::array<std::array<std::uint16_t, 4>, 6> selectors{{
        {0x3210, 0x4321, 0x5432, 0x6543}, // f4e: four consecutive bytes, forwards
        {0x5670, 0x6701, 0x7012, 0x0123}, // b4e: backwards
        {0x0000, 0x1111, 0x2222, 0x3333}, // rc8: a byte repeated
        {0x3210, 0x3211, 0x3222, 0x3333}, // ecl: edge clamped to the left
        {0x0000, 0x1110, 0x2210, 0x3210}, // ecr: to the right
        {0x1010, 0x3232, 0x1010, 0x3232}, // rc16: a half-word repeated
    }};
    const std::uint64_t selector =
        mod.permute == PermuteMode::Index ? c : selectors.at(static_cast<std::size_t>(mod.permute) - 1).at(c & 3);
    const std::uint64_t bytes = b << 32 | truncate(a, 32);
    std::uint64_t result = 0;
    for (unsigned i = 0; i < 4; ++i) {
        const std::uint64_t nibble = (selector >> (4 * i)) & 0xf;
        std::uint64_t byte = (bytes >> (8 * (nibble & 7))) & 0xff;
        if ((nibble & 8) != 0) {
            byte = (byte & 0x80) != 0 ? 0xff : 0;
        }
        result |= byte << (8 * i);
    }
    return result;
}

} // namespace

std::uint64_t evaluate_bits(Opcode opcode, const Modifiers& mod, std::span<const Value> src) {
    const unsigned width = bits_of(mod.type);
    const auto bits = [&](std::size_t i) { return truncate(src[i].bits, width); };
    const auto byte = [&](std::size_t i) { return static_cast<unsigned>(src[i].bits & 0xff); };
    switch (opcode) {
    case Opcode::Popc:
        return static_cast<std::uint64_t>(std::popcount(bits(0)));
    case Opcode::Clz:
        return static_cast<std::uint64_t>(std::countl_zero(bits(0))) - (64 - width);
    case Opcode::Bfind:
        return find_leading(mod, src[0].bits);
    case Opcode::Fns:
        return find_nth_set(bits(0), src[1].bits, sign_extend(src[2].bits, 32));
    case Opcode::Brev:
        return reverse(bits(0), width);
    case Opcode::Bfe:
        return extract_field(mod, src[0].bits, byte(1), byte(2));
    case Opcode::Bfi:
        return insert_field(mod, src[0].bits, src[1].bits, byte(2), byte(3));
    case Opcode::Szext:
        return extend(mod, src[0].bits, src[1].bits);
    case Opcode::Bmsk:
        return bit_mask(mod, src[0].bits, src[1].bits);
    case Opcode::And:
        return bits(0) & bits(1);
    case Opcode::Or:
        return bits(0) | bits(1);
    case Opcode::Xor:
        return bits(0) ^ bits(1);
    case Opcode::Not:
        return truncate(~src[0].bits, width);
    case Opcode::Cnot:
        return bits(0) == 0 ? 1 : 0;
    case Opcode::Lop3:
        return look_up(mod.lop3_table, src[0].bits, src[1].bits, src[2].bits);
    case Opcode::Shf:
        return funnel_shift(mod, src[0].bits, src[1].bits, src[2].bits);
    case Opcode::Shl:
        return shift_left(mod, src[0].bits, src[1].bits);
    case Opcode::Shr:
        return shift_right(mod, src[0].bits, src[1].bits);
    case Opcode::Prmt:
        return permute(mod, src[0].bits, src[1].bits, src[2].bits);
    default:
        throw std::logic_error("not an operation on bits");
    }
}

} // namespace assay::isa
