// What a GPU's assembler makes of PTX: registers, spills, shared memory.
//
// NVIDIA's assembler, `ptxas`, comes as a library too, nvJitLink, which is in the toolkit and in a pip wheel. It reads
// what a candidate's source became, so it runs like NVRTC: in a locked child of a server that has it loaded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "compile/compiler.h"

namespace assay::compile {

struct KernelResources {
    std::string kernel;          ///< mangled
    std::uint32_t registers = 0; ///< of a thread
    std::uint32_t barriers = 0;
    std::uint32_t stack_bytes = 0; ///< of a thread
    std::uint32_t spill_store_bytes = 0, spill_load_bytes = 0;
    std::uint32_t shared_bytes = 0; ///< static
    friend bool operator==(const KernelResources&, const KernelResources&) = default;
};

/// Assembles all kernels of a module for an architecture ("sm_90"; the architecture-specific "sm_90a" if the PTX is
/// for that). An Error says what is missing, or what the assembler said.
[[nodiscard]] Result<std::vector<KernelResources>> assemble(const Toolkit& toolkit, const std::string& ptx,
                                                            const std::string& architecture);

/// The entries of the assembler's log (`ptxas -v`).
[[nodiscard]] std::vector<KernelResources> read_resources(std::string_view log);

/// The worker's side (`assay --worker assemble`).
int assemble_worker();

} // namespace assay::compile
