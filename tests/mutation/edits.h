// What can be changed in one instruction.
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "mutation/mutator.h"

namespace assay::mutation {

[[nodiscard]] bool has(const ptx::Instruction& instruction, std::string_view modifier);
[[nodiscard]] bool is_one_of(std::string_view text, std::initializer_list<std::string_view> names);
/// The bytes of an element of `ld.global.v4.f32`: 4.
[[nodiscard]] std::int64_t element_bytes(const ptx::Instruction& instruction);

/// What a mutant puts in the place of one instruction; nothing: it is left out.
struct Edit {
    Operator kind;
    unsigned variant = 0;
    std::optional<ptx::Instruction> replacement;
};

/// All changes of one instruction, in an order that its text decides.
[[nodiscard]] std::vector<Edit> find_edits(const ptx::Instruction& instruction);

} // namespace assay::mutation
