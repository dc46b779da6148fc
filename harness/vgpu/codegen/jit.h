// LLVM: from a graph to machine code of this CPU.
#pragma once

#include <memory>

#include "vgpu/codegen/analysis.h"
#include "vgpu/codegen/generator_kernel.h"

namespace assay::vgpu::codegen {

/// Compiles the kernel for the launches that `known` describes.
[[nodiscard]] std::unique_ptr<Code> make_code(const Kernel& kernel, const Known& known);

} // namespace assay::vgpu::codegen
