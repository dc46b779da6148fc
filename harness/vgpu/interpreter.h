// The reference interpreter: one thread at a time, one instruction at a time, slow and obviously right.
//
// It is the oracle of the code generator and the fallback for what the generator does not take.
#pragma once

#include <optional>

#include "vgpu/core/execution.h"

namespace assay::vgpu {

/// Runs a launch to its end, or to its first fault, on the calling thread, blocks in order. Every access is checked
/// against the allocations; an opcode that it does not know ends in Fault::IllegalInstruction with its line.
[[nodiscard]] std::optional<Fault> interpret(const Launch& launch);

} // namespace assay::vgpu
