// Putting a program into device memory and taking it out again.
#pragma once

#include "base/error.h"
#include "isa/program.h"
#include "vgpu/core/execution.h"
#include "vgpu/core/memory.h"

namespace assay::vgpu {

/// Allocates every .global and .const variable of the program and writes its initial bytes, addresses included. Errors:
/// an unresolved external function or variable (`where` is its name), memory spent. On an Error nothing stays
/// allocated. The result's `variable_address` belongs to `memory`: give the module to `unload` before the memory goes.
[[nodiscard]] Result<LoadedModule> load(isa::Program program, Memory& memory);

/// Whether everything that the program declares without defining it exists here; `load` checks it as well.
[[nodiscard]] Result<> check_externals(const isa::Program& program);

/// Frees the variables.
void unload(const LoadedModule& module, Memory& memory);

} // namespace assay::vgpu
