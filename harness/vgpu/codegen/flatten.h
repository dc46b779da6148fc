// A kernel and the device functions it calls as one function without calls among them.
//
// A call of a function becomes a copy of that function. A function that can come to call itself cannot be copied for
// ever: it is copied once for each call of it from outside, and a call within becomes a jump to its beginning. What
// differs from one activation to the next lies on a stack in local memory: its frame, the registers that are alive
// across the call, and the number of the place to go on at, which its end jumps to. An indirect call becomes a
// comparison with each function that it can mean, and direct calls of those.
#pragma once

#include <cstdint>
#include <expected>
#include <vector>

#include "isa/program.h"
#include "vgpu/codegen/generator.h"

namespace assay::vgpu::codegen {

/// An instruction of a program; `function` is `no_original` of those that the flattener makes.
struct Original {
    std::uint32_t function = 0, position = 0;
};
inline constexpr std::uint32_t no_original = ~0u;

struct Flat {
    isa::Function function;
    std::vector<Original> originals; ///< by instruction of the body: the one that it stands for
};

/// The kernel's body with every direct call of a defined function replaced by that function's body. Calls of declared
/// functions (vprintf, malloc, ...) stay. A thread's parameter frames, other than the launch's parameter block, become
/// part of its local frame: the operands and the call sites of the result say .local where the text says .param.
/// Guards remain on `bra` and on instructions that only write registers or memory; around other guarded instructions
/// a branch is put. A `trap` with `immediate` 1 is a call that cannot be made, and `text` says why.
[[nodiscard]] std::expected<Flat, Unsupported> flatten(const isa::Program& program, std::uint32_t kernel);

} // namespace assay::vgpu::codegen
