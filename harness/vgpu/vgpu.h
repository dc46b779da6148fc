// The virtual GPU as a device: the CUDA driver functions, answered on the CPU.
//
// Semantics are the driver API's, with these choices: work is executed when it is issued, so everything is complete
// when a call returns; an error in a kernel is sticky, as on a GPU, and is returned by the launch and by everything
// after it until the context is released; events record the CPU time that the vGPU's threads have used (`clock`
// "host"), so that cuEventElapsedTime is CPU time in milliseconds; the device describes itself as compute
// capability 9.0 with one "multiprocessor" for each host thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "driver/functions.h"
#include "vgpu/core/execution.h"
#include "vgpu/core/finding.h"

namespace assay::vgpu {

enum class Engine : std::uint8_t {
    Auto,        ///< generated code, the interpreter for what the generator does not take
    Interpreter, ///< the reference interpreter alone
};

/// The table. All functions are thread-safe.
[[nodiscard]] const driver::Table& driver_table();

/// For tests and for `assay doctor`; takes effect for later launches.
void set_engine(Engine engine);
/// Host threads to use; 0 is one for each core.
void set_threads(unsigned threads);

/// Later launches run adversely: the warps of every other block in descending order, of other blocks the next time that
/// this is called with true, when the blocks themselves do too, if they never wait for each other; and each block finds
/// its shared and local memory, and what is behind, full of NaN, of a number above all others or of one below, in turn,
/// and faults if it has written behind. In descending order a missing barrier shows that ascending order makes
/// unnecessary; in ascending order, one that other initial values of shared memory hide. A right kernel notices
/// neither; one that lacks a barrier, or an initial value, or relies on the order of blocks, does.
void set_adverse(bool adverse);

/// Makes the machine code for launches of this shape now, so that no launch waits for it. `function` is a handle of
/// cuModuleGetFunction; the call does nothing for a kernel that the interpreter is left with.
void prepare_launch(CUfunction function, Dim3 block, std::uint32_t dynamic_shared);
/// The code that prepare_launch would make, as bytes that hold nothing of this process; empty for a kernel that the
/// interpreter is left with. Another process adopts them for the same kernel and shape if its code_identity is the
/// same. They are executed: take them from nobody who is not trusted to write code.
[[nodiscard]] std::vector<std::byte> make_code(CUfunction function, Dim3 block, std::uint32_t dynamic_shared);
/// False if the bytes are not such code.
bool adopt_code(CUfunction function, Dim3 block, std::uint32_t dynamic_shared, std::span<const std::byte> code);
/// What code depends on besides the module, the kernel and the shape: this program and the CPU. Empty of a program that
/// the linker gave no name: its code is for nobody else.
[[nodiscard]] std::string code_identity();
/// CPU time that making machine code has taken so far, in seconds. It is no part of the time between events.
[[nodiscard]] double jit_seconds();

/// The fault that the last failing launch ended with: more than the driver's error code can say.
[[nodiscard]] std::optional<Fault> last_fault();

/// What was executed by the interpreter for want of generated code, "kernel: reason", each once; cleared by the call.
[[nodiscard]] std::vector<std::string> take_fallbacks();

/// Checked mode, from one call to the other: launches run in the interpreter, and what they do wrong is written down
/// (finding.h) without stopping them, unless an access misses every allocation: that is a fault as ever. Bytes that
/// copies and memsets write from now on count as written. A launch that has not ended by the deadline is stopped with a
/// fault that says where one of its threads is.
void start_checking(std::vector<MemoryObject> objects,
                    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max());
[[nodiscard]] std::vector<Finding> stop_checking();

/// Text that kernels printed, capped at 1 MiB; cleared by the call.
[[nodiscard]] std::string take_output();

} // namespace assay::vgpu
