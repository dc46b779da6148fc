// A kernel and the device functions it calls as one function without calls among them.
#pragma once

#include <cstdint>
#include <expected>

#include "isa/program.h"
#include "vgpu/codegen/generator.h"

namespace assay::vgpu::codegen {

/// The kernel's body with every direct call of a defined function replaced by that function's body. Calls of declared
/// functions (vprintf, malloc, ...) stay. A thread's parameter frames, other than the launch's parameter block, become
/// part of its local frame: the operands and the call sites of the result say .local where the text says .param.
/// Guards remain on `bra` and on instructions that only write registers or memory; around other guarded instructions
/// a branch is put. Recursion and indirect calls are Unsupported.
[[nodiscard]] std::expected<isa::Function, Unsupported> flatten(const isa::Program& program, std::uint32_t kernel);

} // namespace assay::vgpu::codegen
