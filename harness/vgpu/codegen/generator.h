// PTX to machine code: a warp is a vector of 32 lanes with execution masks, a block is a loop over its warps, a barrier
// splits the kernel into regions that can be resumed, blocks are spread over host threads.
//
// No LLVM type appears in this header.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "vgpu/core/execution.h"

namespace assay::vgpu::codegen {

/// Why a kernel is left to the reference interpreter.
struct Unsupported {
    std::string what; ///< "wmma.mma is not generated yet"
    isa::Source source;
};

/// Machine code of one kernel of one loaded module (addresses of its variables are constants in it).
class Kernel;

/// Compiles kernels; one object for each device. Thread-safe.
class Generator {
public:
    Generator();
    ~Generator();
    /// Compiles for this CPU. Which instructions are taken is decided before any code is made.
    [[nodiscard]] std::expected<std::shared_ptr<const Kernel>, Unsupported> compile(const LoadedModule& module,
                                                                                    std::uint32_t kernel);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Makes the code for launches of this shape, if there is none yet: a launch would wait for it.
void prepare(const Kernel& kernel, Dim3 block, std::uint32_t dynamic_shared, Counting counting = Counting::Off);

/// Of launches from now on: see vgpu.h.
void set_adverse(bool adverse);

/// Runs a launch to its end, or to its first fault.
[[nodiscard]] std::optional<Fault> run(const Kernel& kernel, const Launch& launch);

} // namespace assay::vgpu::codegen
