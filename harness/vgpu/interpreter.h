// The reference interpreter: one thread at a time, one instruction at a time, slow and obviously right.
//
// It is the oracle of the code generator and the fallback for what the generator does not take.
//
// Where the PTX ISA leaves a choice, this is the one made here:
// - Matrix products (mma, wmma): products are exact; f32 sums start at the element of C and add in the order of k,
// rounded
//   to nearest once for each; f16 results are summed in f32 and rounded once, at the end. f64 uses fma in the order of
//   k. Integers are exact, then wrap or saturate. The fragments of wmma are laid out as in `core/fragments.h`.
// - Lanes of a warp at the same position run together, those at the lowest position first; nobody starves.
// - Shared memory holds 0xff bytes when a block starts. Local memory keeps what an earlier block left.
// - A shuffle from a lane that does not take part gives the reader's own value (generated code, where all lanes name
// one
//   lane, what that one holds).
// - cp.async copies when it is issued. Clock registers count executed warp instructions.
// - Bulk and tensor copies, wgmma and all that is asynchronous are done when they are issued; a tensor copy with a
//   swizzle lays its rows out at the swizzle's width. wgmma multiplies as mma does, each warp its own 16 rows.
// - A thread can be 512 calls deep, on a stack of 16 KiB where recursion or function pointers leave its need open.
#pragma once

#include <optional>

#include "vgpu/core/execution.h"

namespace assay::vgpu {

/// Runs a launch to its end, or to its first fault, on the calling thread, blocks in order. Every access is checked
/// against the allocations; an opcode that it does not know ends in Fault::IllegalInstruction with its line.
[[nodiscard]] std::optional<Fault> interpret(const Launch& launch);

} // namespace assay::vgpu
