// Syntax tree to resolved program, driven by the instruction table (`table.cpp`).
#pragma once

#include <string_view>

#include "base/error.h"
#include "isa/program.h"
#include "ptx/syntax.h"

namespace assay::isa {

/// Resolves a module. Unknown names, wrong operand counts, modifiers that an opcode does not have, and redefinitions
/// are Errors whose `where` is `name:line:column`. An opcode that the table does not list decodes to
/// Opcode::Unsupported with its text, so that a module with one exotic kernel still serves the others; whoever executes
/// it must refuse. Variables and functions that nothing refers to are dropped (including cooperative_groups/reduce.h
/// emits about 150).
[[nodiscard]] Result<Program> decode(const ptx::Module& module, std::string_view name = "ptx");

/// `ptx::parse` and `decode`.
[[nodiscard]] Result<Program> decode_text(std::string_view text, std::string_view name = "ptx");

/// "header.cuh:20, inlined at kernel.cu:12 (ptx line 340)", as much as is known.
[[nodiscard]] std::string describe(const Program& program, const Source& source);

} // namespace assay::isa
