// LLVM: from a graph to machine code of this CPU.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "vgpu/codegen/analysis.h"
#include "vgpu/codegen/generator_kernel.h"

namespace assay::vgpu::codegen {

/// Compiles a version of the kernel for the launches that `known` describes; the masked one if there is no other.
[[nodiscard]] std::unique_ptr<Code> make_code(const Kernel& kernel, const Known& known, Version version);

/// Both versions as bytes, for link_code of another process.
[[nodiscard]] std::vector<std::byte> make_portable_code(const Kernel& kernel, const Known& known);
/// What make_portable_code made of this kernel for the same launches; nullptr of anything else that can be told from
/// it.
[[nodiscard]] std::unique_ptr<Code> link_code(const Kernel& kernel, const Known& known,
                                              std::span<const std::byte> bytes);

/// The CPU that code is made for, with its features.
[[nodiscard]] std::string target_name();

} // namespace assay::vgpu::codegen
