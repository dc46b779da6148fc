// LLVM: from a graph to machine code of this CPU.
#pragma once

#include <memory>

#include "vgpu/codegen/generator_kernel.h"

namespace assay::vgpu::codegen {

/// Compiles the kernel for blocks of this shape.
[[nodiscard]] std::unique_ptr<Code> make_code(const Kernel& kernel, Dim3 block);

} // namespace assay::vgpu::codegen
