// The scalar semantics of every instruction whose results depend on its register operands alone.
//
// This is the one place that says what an instruction *means*: the reference interpreter and the launch-plan recorder
// call it for each thread, the code generator is tested against it, and folds constants with it. Memory, control flow
// and whatever involves other threads is the caller's.
//
// A register value is 64 bits (B128: `high` too). Narrow values sit in the low bits, the rest is zero; predicates are 0
// or 1; f16x2 and kin are packed low element first. Of operands only the bits that the instruction reads count. A
// result of cvt is extended to the width of its register (`Operand::type`), all others have the width of their type.
//
// Floating point follows the PTX ISA 9.0. Arithmetic is rounded once, as the modifiers say (f16 and bf16 fma too). A
// NaN result is canonical: f32 and tf32 0x7fffffff, f16 and bf16 0x7fff, f64 0x7ff8000000000000, e4m3 and e5m2 0x7f.
// Only neg, abs and copysign, which work on the bits, keep a NaN's payload. Subnormals are kept unless .ftz flushes
// them, operands before and the rounded result after the operation. .sat makes NaN +0, .relu keeps it. min and max
// order -0 below +0. cvt to an integer saturates; NaN becomes 0, but the highest bit alone when the source is f64 or
// the result has 64 bits. The .approx functions are the nearest result or one beside it, well inside the ISA's bounds.
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
/// After sub.cc it is the borrow.
struct Flags {
    bool carry = false;
};

/// Computes one instruction for one thread. `src` holds the values of the operands in order, a vector's elements one
/// after the other (`flatten` order); immediates included. `dst` receives as many values as the destinations have
/// elements. Requires is_pure(). Predicates come with their negation already applied. Never fails: what is undefined in
/// the ISA is defined here and stated (integer division by zero yields all ones, remainder by zero the dividend; shifts
/// clamp).
void evaluate(const Instruction& instruction, std::span<const Value> src, std::span<Value> dst, Flags& flags);

/// The arithmetic of `atom`/`red`: the value to store, given the old one. Of cas, `b` is compared and `c` stored.
/// Packed types are done whole; of a vector atomic the caller passes each element. Subnormals are kept in every state
/// space.
[[nodiscard]] Value apply_atomic(const Modifiers& mod, Value old_value, Value b, Value c);

// Conversions that other parts need as well; round to nearest even.
[[nodiscard]] std::uint16_t f32_to_f16(float value);
[[nodiscard]] float f16_to_f32(std::uint16_t bits);
[[nodiscard]] std::uint16_t f32_to_bf16(float value);
[[nodiscard]] float bf16_to_f32(std::uint16_t bits);

} // namespace assay::isa
