// The families of `evaluate`, one file each. All work on scalars: `evaluate` takes packed types apart.
#pragma once

#include <cstdint>
#include <span>

#include "isa/evaluate.h"
#include "isa/softfloat.h"

namespace assay::isa {

/// The low `bits` bits; all of them from 64 on.
[[nodiscard]] constexpr std::uint64_t truncate(std::uint64_t value, unsigned bits) {
    return bits >= 64 ? value : value & ((std::uint64_t{1} << bits) - 1);
}

[[nodiscard]] constexpr std::int64_t sign_extend(std::uint64_t value, unsigned bits) {
    const unsigned unused = bits >= 64 ? 0 : 64 - bits;
    return static_cast<std::int64_t>(value << unused) >> unused;
}

/// Element `index` (0 or 1) of a packed pair, and back. Elements have 8, 16 or 32 bits.
[[nodiscard]] inline std::uint64_t element_at(std::uint64_t packed, Type element, unsigned index) {
    const unsigned width = bits_of(element) & 0x3f;
    return truncate(index == 0 ? packed : packed >> width, width);
}
[[nodiscard]] inline std::uint64_t join(std::uint64_t low, std::uint64_t high, Type element) {
    return high << (bits_of(element) & 0x3f) | low;
}

// evaluate_integer.cpp: 9.7.1, 9.7.2 and cvt.pack
[[nodiscard]] std::uint64_t evaluate_integer(Opcode opcode, const Modifiers& mod, std::span<const Value> src,
                                             Flags& flags);

// evaluate_bits.cpp: bit fields, 9.7.8
[[nodiscard]] std::uint64_t evaluate_bits(Opcode opcode, const Modifiers& mod, std::span<const Value> src);

// evaluate_float.cpp: 9.7.3 to 9.7.6
[[nodiscard]] std::uint64_t evaluate_float(Opcode opcode, const Modifiers& mod, std::span<const Value> src);
[[nodiscard]] std::uint64_t minimum_or_maximum(Opcode opcode, const Modifiers& mod, std::span<const Value> src);
/// .sat of a result of the format: [+0, 1], NaN becomes +0.
[[nodiscard]] std::uint64_t saturate_to_one(const softfloat::Format& format, std::uint64_t bits);
/// .relu: negative values become +0, NaN stays.
[[nodiscard]] std::uint64_t rectify(const softfloat::Format& format, std::uint64_t bits);

// evaluate_compare.cpp: 9.7.7
/// The comparison alone, of two scalars of `type`.
[[nodiscard]] bool compare_values(Compare compare, Type type, bool ftz, std::uint64_t a, std::uint64_t b);
void evaluate_setp(const Modifiers& mod, std::span<const Value> src, std::span<Value> dst);
[[nodiscard]] std::uint64_t evaluate_set(const Modifiers& mod, std::span<const Value> src);
[[nodiscard]] std::uint64_t evaluate_slct(const Modifiers& mod, std::span<const Value> src);
[[nodiscard]] std::uint64_t evaluate_testp(const Modifiers& mod, std::span<const Value> src);

// evaluate_convert.cpp: 9.7.9.21
/// `width`: of the destination register, to which the result is extended.
[[nodiscard]] std::uint64_t evaluate_convert(const Modifiers& mod, std::span<const Value> src, unsigned width);

} // namespace assay::isa
