// PTX to machine code: a warp is a vector of 32 lanes with execution masks, a block is a loop over its warps, a barrier
// splits the kernel into regions that can be resumed, blocks are spread over host threads.
//
// No LLVM type appears in this header.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

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

/// The code that `prepare` would make, as bytes that hold nothing of this process: `adopt` takes them in another, of
/// the same kernel and shape, where code_identity is the same.
[[nodiscard]] std::vector<std::byte> make_portable(const Kernel& kernel, Dim3 block, std::uint32_t dynamic_shared);
/// False, and nothing has happened, if the bytes are not such code.
bool adopt(const Kernel& kernel, Dim3 block, std::uint32_t dynamic_shared, std::span<const std::byte> code);
/// What code depends on besides its kernel and shape: the program that makes and runs it, and the CPU. Empty of a
/// program that the linker gave no name: its code is for nobody else.
[[nodiscard]] std::string code_identity();

/// CPU time that making code while launches ran has taken in this process so far, in nanoseconds: `prepare` leaves
/// out what most launches never need.
[[nodiscard]] std::uint64_t late_nanoseconds();

/// Makes code for this CPU ("x86-64-v2", "haswell"; LLVM's names) instead of the one that runs. For tests.
void set_target(const std::string& cpu);

/// Of launches from now on: see vgpu.h.
void set_adverse(bool adverse);

/// Runs a launch to its end, or to its first fault.
[[nodiscard]] std::optional<Fault> run(const Kernel& kernel, const Launch& launch);

} // namespace assay::vgpu::codegen
