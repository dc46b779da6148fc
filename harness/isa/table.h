// The instruction table: which forms of which instructions exist.
//
// One row is one line of a "Syntax" box of the PTX ISA manual: an opcode with its fixed first words, the modifiers that
// may follow, and the operands. Rows are text in the small language below, so that adding an instruction is adding a
// row here (and its meaning in `evaluate` or in the executors). Rows of one mnemonic are alternatives; the decoder
// takes the first that fits the modifiers and the number of operands.
//
// Mnemonic: "cp.async.ca" matches the opcode and the first modifiers of the text. Of all mnemonics the longest that
// matches counts, so that "cp.async.bulk" can be Unsupported beside "cp.async.ca".
//
// Modifiers: words separated by spaces, each a slot that takes one modifier of the text.
//   ftz          this word                          rn|rz    one of these words
//   rnd cmp ...  a named set (see `kSets` in table.cpp)
//   T:f32,f64    a type, stored in Modifiers::type. Further type slots in the order of the text: S: source_type,
//                D: A: B: C: d_type ... c_type
//   a final `?`  makes a slot optional              a final `*` takes any number
//
// Operands: words separated by spaces.
//   T S D A B C  a register or immediate of the type in that slot; a type name: of that type
//   2T           twice as wide as T                 addr     a memory operand
//   vec          a vector of registers (the decoder checks length and width)
//   imm          an integer literal                 ref      a register or a symbol (address) of 64 bits, or 32
//   a leading `>` is a destination; `|` before a word: the second half of `p|q`
//   a final `+`  registers may be wider than the type   `!` may be negated   `*` a vector of as many elements as the
//   vector modifier says                                `?` may be absent   `_` may be the sink
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "isa/program.h"

namespace assay::isa {

/// One slot of a form's modifiers.
struct ModifierSlot {
    std::vector<std::string_view> words; ///< the modifiers it takes; empty for a type slot
    std::string_view set;                ///< the name of the set, or the word itself
    std::uint64_t types = 0;             ///< of a type slot: a bit for each Type
    char type_slot = 0;                  ///< 'T', 'S', 'D', 'A', 'B', 'C'
    bool optional = false;
    bool repeated = false;
};

/// One operand of a form.
struct OperandSlot {
    enum class Kind : std::uint8_t { Scalar, Address, Vector, Literal, Reference };
    Kind kind = Kind::Scalar;
    char type_slot = 0;     ///< which of the form's types, or 0: `type`
    Type type = Type::None; ///< a fixed type
    bool destination = false, pair_second = false, doubled = false;
    bool wider = false, negatable = false, vector = false, optional = false, sink = false;
};

struct Form {
    Opcode opcode = Opcode::Unsupported;
    std::vector<std::string_view> mnemonic; ///< opcode and fixed first modifiers
    std::vector<ModifierSlot> modifiers;
    std::vector<OperandSlot> operands;
};

/// The forms with the longest mnemonic that begins the instruction; empty when there is none.
[[nodiscard]] std::span<const Form> find_forms(std::string_view opcode, std::span<const std::string> modifiers);

/// Fits the modifiers (without those of the mnemonic) to the form. False when they do not.
[[nodiscard]] bool match_modifiers(const Form& form, std::span<const std::string> modifiers, Modifiers& result);

/// The type that the form's slot stands for, once its modifiers are known.
[[nodiscard]] Type slot_type(const OperandSlot& slot, const Modifiers& modifiers);

} // namespace assay::isa
