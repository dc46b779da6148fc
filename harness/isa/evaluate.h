// The scalar semantics of every instruction whose results depend on its register operands alone.
//
// This is the one place that says what an instruction *means*: the reference interpreter and the launch-plan recorder
// call it for each thread, the code generator is tested against it, and folds constants with it. Memory, control flow
// and whatever involves other threads is the caller's.
//
// A register value is 64 bits (B128: `high` too). Narrow values sit in the low bits, the rest is zero; predicates are 0
// or 1; f16x2 and kin are packed low element first. Floating-point follows the PTX ISA: the rounding of the modifiers,
// correctly rounded (also f16 and bf16 fma: no double rounding); NaN results are canonical (f32 0x7fffffff, f16 0x7fff,
// bf16 0x7fff, f64 0x7ff8000000000000 … as the ISA states for each); subnormals kept unless .ftz; the .approx functions
// within the ISA's error bounds.
#pragma once

#include <cstdint>
#include <span>

#include "isa/program.h"

namespace assay::isa {

struct Value {
    std::uint64_t bits = 0;
    std::uint64_t high = 0; ///< upper half of B128
    friend bool operator==(const Value&, const Value&) = default;
};

/// True for the opcodes that `evaluate` computes: arithmetic, comparison, selection, logic, shifts, mov between
/// registers (with packing and unpacking of vectors), cvt, cvt.pack. Not: ld, st, anything with an address, control,
/// warp-level ones.
[[nodiscard]] bool is_pure(const Instruction& instruction);

/// What an instruction reads and writes besides registers: the carry flag of add.cc and kin (one for each thread).
struct Flags {
    bool carry = false;
};

/// Computes one instruction for one thread. `src` holds the values of the operands in order, a vector's elements one
/// after the other (`flatten` order); immediates included. `dst` receives as many values as the destinations have
/// elements. Requires is_pure(). Predicates come with their negation already applied. Never fails: what is undefined in
/// the ISA is defined here and stated (integer division by zero yields all ones, remainder by zero the dividend; shifts
/// clamp).
void evaluate(const Instruction& instruction, std::span<const Value> src, std::span<Value> dst, Flags& flags);

/// The arithmetic of `atom`/`red`: the value to store, given the old one. `c` is the swap value of cas.
[[nodiscard]] Value apply_atomic(const Modifiers& mod, Value old_value, Value b, Value c);

// Conversions that other parts need as well; round to nearest even.
[[nodiscard]] std::uint16_t f32_to_f16(float value);
[[nodiscard]] float f16_to_f32(std::uint16_t bits);
[[nodiscard]] std::uint16_t f32_to_bf16(float value);
[[nodiscard]] float bf16_to_f32(std::uint16_t bits);

} // namespace assay::isa
