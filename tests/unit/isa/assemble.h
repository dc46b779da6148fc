// One instruction of PTX text, decoded, and if it is pure, evaluated.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "isa/decode.h"
#include "isa/evaluate.h"

namespace assay::isa {

/// A kernel around the text. Registers: p0-p7 .pred, h0-h7 .b16, r0-r7 .b32, d0-d7 .b64, q0-q3 .b128; variables sh
/// (.shared), gl (.global), co (.const), lo (.local), par (the kernel's parameter); the label `here` follows the text.
[[nodiscard]] std::string module_around(const std::string& text);

/// Decodes `text`, which must be one good instruction; throws otherwise.
[[nodiscard]] Instruction assemble(const std::string& text);

/// What an instruction is, without its operands: opcode, modifiers in order of the alphabet, types in their own.
[[nodiscard]] std::string form_of(const Instruction& instruction);

/// The forms of all Operations of this process so far.
[[nodiscard]] const std::set<std::string>& evaluated_forms();

/// An instruction to be called with the values of its sources.
class Operation {
public:
    explicit Operation(const std::string& text);

    [[nodiscard]] const Instruction& instruction() const { return instruction_; }

    /// The values of all destinations.
    [[nodiscard]] std::vector<std::uint64_t> all(const std::vector<std::uint64_t>& sources, Flags& flags) const;

    template <class... Sources> [[nodiscard]] std::uint64_t operator()(Sources... sources) const {
        Flags flags;
        return all({static_cast<std::uint64_t>(sources)...}, flags)[0];
    }

private:
    Instruction instruction_;
};

} // namespace assay::isa
