// Comparison and selection (9.7.7): setp, set, slct, testp.
#include "isa/evaluate_parts.h"

#include <stdexcept>

namespace assay::isa {

namespace {

using namespace softfloat;

/// A comparison by what it says of "less", "equal", "greater" and "unordered".
bool holds(Compare compare, int order, bool unordered) {
    switch (compare) {
    case Compare::Eq:
        return !unordered && order == 0;
    case Compare::Ne:
        return !unordered && order != 0;
    case Compare::Lt:
    case Compare::Lo:
        return !unordered && order < 0;
    case Compare::Le:
    case Compare::Ls:
        return !unordered && order <= 0;
    case Compare::Gt:
    case Compare::Hi:
        return !unordered && order > 0;
    case Compare::Ge:
    case Compare::Hs:
        return !unordered && order >= 0;
    case Compare::Equ:
        return unordered || order == 0;
    case Compare::Neu:
        return unordered || order != 0;
    case Compare::Ltu:
        return unordered || order < 0;
    case Compare::Leu:
        return unordered || order <= 0;
    case Compare::Gtu:
        return unordered || order > 0;
    case Compare::Geu:
        return unordered || order >= 0;
    case Compare::Num:
        return !unordered;
    case Compare::Nan:
        return unordered;
    }
    throw std::logic_error("no such comparison");
}

bool is_unsigned_comparison(Compare compare) {
    return compare == Compare::Lo || compare == Compare::Ls || compare == Compare::Hi || compare == Compare::Hs;
}

bool combine(Combine operation, bool compared, bool c) {
    switch (operation) {
    case Combine::None:
        return compared;
    case Combine::And:
        return compared && c;
    case Combine::Or:
        return compared || c;
    case Combine::Xor:
        return compared != c;
    }
    throw std::logic_error("no such BoolOp");
}

/// One half of a packed operand, or the whole of a scalar.
std::uint64_t half(const Value& value, Type type, unsigned index) {
    return is_packed(type) ? element_at(value.bits, element_of(type), index) : truncate(value.bits, bits_of(type));
}

/// What `set` writes for true.
std::uint64_t true_value(Type type) {
    return is_float(type) ? pack(format_of(type), from_integer(false, 1), Rounding::Rn)
                          : truncate(~std::uint64_t{0}, bits_of(type));
}

} // namespace

bool compare_values(Compare compare, Type type, bool ftz, std::uint64_t a, std::uint64_t b) {
    if (is_float(type)) {
        const Format& format = format_of(type);
        const Number x = unpack(format, ftz ? flush(format, a) : a);
        const Number y = unpack(format, ftz ? flush(format, b) : b);
        const bool unordered = x.is_nan() || y.is_nan();
        return holds(compare, unordered ? 0 : softfloat::compare(x, y), unordered);
    }
    const unsigned width = bits_of(type);
    if (is_signed(type) && !is_unsigned_comparison(compare)) {
        const std::int64_t x = sign_extend(a, width);
        const std::int64_t y = sign_extend(b, width);
        return holds(compare, x < y ? -1 : x > y ? 1 : 0, false);
    }
    const std::uint64_t x = truncate(a, width);
    const std::uint64_t y = truncate(b, width);
    return holds(compare, x < y ? -1 : x > y ? 1 : 0, false);
}

/// Scalars: p = (a cmp b) op c, q = !(a cmp b) op c. Packed types: p of the low halves, q of the high ones.
void evaluate_setp(const Modifiers& mod, std::span<const Value> src, std::span<Value> dst) {
    const bool c = mod.combine != Combine::None && (src[2].bits & 1) != 0;
    const Type element = element_of(mod.type);
    const auto compared = [&](unsigned index) {
        return compare_values(mod.compare, element, mod.ftz, half(src[0], mod.type, index),
                              half(src[1], mod.type, index));
    };
    const bool low = compared(0);
    dst[0] = {std::uint64_t{combine(mod.combine, low, c)}, 0};
    if (dst.size() > 1) {
        const bool second = is_packed(mod.type) ? compared(1) : !low;
        dst[1] = {std::uint64_t{combine(mod.combine, second, c)}, 0};
    }
}

std::uint64_t evaluate_set(const Modifiers& mod, std::span<const Value> src) {
    const bool c = mod.combine != Combine::None && (src[2].bits & 1) != 0;
    const Type element = element_of(mod.source_type);
    const unsigned halves = is_packed(mod.source_type) ? 2 : 1;
    // A 32-bit result of a packed comparison has 16 bits for each half.
    const Type part = halves == 2 && !is_packed(mod.type) ? Type::U16 : element_of(mod.type);
    std::uint64_t result = 0;
    for (unsigned i = 0; i < halves; ++i) {
        const bool compared = compare_values(mod.compare, element, mod.ftz, half(src[0], mod.source_type, i),
                                             half(src[1], mod.source_type, i));
        if (combine(mod.combine, compared, c)) {
            result |= true_value(part) << (i * bits_of(part));
        }
    }
    return result;
}

/// a when c >= 0. Minus zero counts as zero, NaN chooses b.
std::uint64_t evaluate_slct(const Modifiers& mod, std::span<const Value> src) {
    const unsigned width = bits_of(mod.source_type);
    const bool first = compare_values(Compare::Ge, mod.source_type, mod.ftz, truncate(src[2].bits, width), 0);
    return truncate(first ? src[0].bits : src[1].bits, bits_of(mod.type));
}

/// Zeros count as normal numbers.
std::uint64_t evaluate_testp(const Modifiers& mod, std::span<const Value> src) {
    const Format& format = format_of(mod.type);
    const std::uint64_t bits = truncate(src[0].bits, format.width());
    const Number number = unpack(format, bits);
    const bool finite = !number.is_nan() && !number.is_infinity();
    switch (mod.test) {
    case ClassTest::Finite:
        return finite ? 1 : 0;
    case ClassTest::Infinite:
        return number.is_infinity() ? 1 : 0;
    case ClassTest::Number:
        return number.is_nan() ? 0 : 1;
    case ClassTest::NotANumber:
        return number.is_nan() ? 1 : 0;
    case ClassTest::Normal:
        return finite && !is_subnormal(format, bits) ? 1 : 0;
    case ClassTest::Subnormal:
        return is_subnormal(format, bits) ? 1 : 0;
    }
    throw std::logic_error("no such class");
}

} // namespace assay::isa
