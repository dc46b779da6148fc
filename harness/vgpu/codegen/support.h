// Which kernels the generator takes.
#pragma once

#include <optional>

#include "vgpu/codegen/generator.h"
#include "vgpu/codegen/ssa.h"

namespace assay::vgpu::codegen {

/// The first thing in the kernel that is not generated.
[[nodiscard]] std::optional<Unsupported> find_unsupported(const isa::Function& function, const Graph& graph);

} // namespace assay::vgpu::codegen
