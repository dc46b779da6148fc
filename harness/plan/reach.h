// What a function can touch: the functions that can run when it runs, and the module variables they refer to.
//
// A function counts as soon as its address is taken, by an instruction or by the initial bytes of a variable that is
// itself referred to. Nothing else can give device code a function: the recorder refuses to pass one to a kernel.
#pragma once

#include <cstdint>
#include <vector>

#include "isa/program.h"

namespace assay::plan {

struct Reach {
    std::vector<std::uint32_t> functions; ///< the root first
    std::vector<std::uint32_t> variables;
};

[[nodiscard]] Reach reach(const isa::Program& program, std::uint32_t root);

/// The first instruction in `reached` that calls `callee` or takes its address; null if only a variable holds that.
[[nodiscard]] const isa::Instruction* find_use(const isa::Program& program, const Reach& reached, std::uint32_t callee);

} // namespace assay::plan
