// The recorder: interprets a candidate's host entry and writes down its launch plan.
//
// The entry is a device function of the compiled PTX (`compile/compiler.h`). It is run as one scalar thread over memory
// of its own, with bounded steps, memory and call depth, and with opaque device pointers: a pointer is a number from a
// range that no arithmetic reaches by accident, so that the pointers inside a kernel's parameter block are recognised.
// CUDA runtime calls are answered here; what cannot be recorded is a PlanError that names the call and the line.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "isa/program.h"
#include "plan/launch_plan.h"
#include "ptx/syntax.h"
#include "tasks/task.h"

namespace assay::plan {

/// The candidate's fault.
struct PlanError {
    enum class Kind : std::uint8_t {
        PlanError,   ///< the entry is missing, its signature does not fit, its host code does what cannot be recorded
        Rejected,    ///< a rule was broken: `rule` names it
        Limit,       ///< too many steps, too much memory, too deep: `what` says which and how many
        LaunchError, ///< a launch that no device accepts: grid, block or shared memory out of range
        ReadBack, ///< host code needs what a device computed, and there is none; `record` itself gives the plan so far
    };
    Kind kind = Kind::PlanError;
    std::string rule; ///< "device-launch"
    std::string what; ///< one sentence
    std::string call; ///< "cudaMemcpy"; may be empty
    std::string file;
    std::uint32_t line = 0; ///< of the candidate's source; 0: unknown
    std::string hint;
    [[nodiscard]] std::string to_string() const;
};

struct RecordLimits {
    std::uint64_t steps = 50'000'000;    ///< PTX instructions
    std::uint64_t memory = 256ull << 20; ///< bytes of host-side memory
    std::uint32_t call_depth = 256;
    std::uint64_t device_memory = 64ull << 30; ///< sum of the scratch buffers
    std::uint32_t plan_steps = 100'000;
    std::uint32_t reads = 4096;             ///< times that host code copies device memory back
    std::uint64_t read_bytes = 64ull << 20; ///< of all of them together, and no more than `deciding_bytes`
};

/// How much of the device's memory host code of this workload may copy back in a run: what it takes to decide (flags,
/// counts, tables, the sums of blocks), not the data. It is a sixteenth of the inputs, so that kernels have done what
/// there is to do with the data; or 16 KiB, 4096 flags, where that is more.
[[nodiscard]] std::uint64_t deciding_bytes(const tasks::Binding& binding);

/// Where host code begins, and what it takes.
struct Entry {
    /// A function with C linkage, or a function of a PyTorch extension's module. Empty: `solve`, `solution`, or the
    /// module's `forward` or only function, whichever there is.
    std::string name;
    /// For each parameter the name of an input, output, axis or scalar of the task, or a number; empty: in the task's
    /// order.
    std::vector<std::string> arguments;
    /// Instead of host code: what is launched, as the JSON text of launch_list.h. Empty: there is host code.
    std::string launches;

    Entry(std::string name = {}, std::vector<std::string> arguments = {}) // NOLINT(google-explicit-constructor)
        : name(std::move(name)), arguments(std::move(arguments)) {}
    Entry(const char* name) : Entry(std::string(name)) {} // NOLINT(google-explicit-constructor)
};

/// The answers that host code gets about the device.
struct DeviceProperties {
    std::string name = "Assay vGPU";
    int compute_major = 9, compute_minor = 0;
    int multiprocessors = 132;
    int max_threads_per_block = 1024, max_threads_per_multiprocessor = 2048;
    std::uint32_t shared_per_block = 48 * 1024, shared_optin = 227 * 1024, shared_per_multiprocessor = 228 * 1024;
    std::uint64_t memory_bytes = 16ull << 30;
    std::uint32_t l2_bytes = 50u << 20;
};

/// Runs the plan's next segment (launch_plan.h), whose last step is a Read, and hands over the bytes that it read.
using ReadBack = std::function<std::expected<std::vector<std::byte>, PlanError>(LaunchPlan segment)>;

/// Records `entry` for one workload. Device pointers of inputs and outputs come from the binding; an axis or scalar is
/// passed in the width that the entry declares (4 or 8 bytes integer, float or double).
///
/// Where host code copies device memory back, the plan ends with that Read, since what follows depends on the bytes;
/// or, with a device to ask, `read_back` gets the plan in segments, and the last one is returned.
[[nodiscard]] std::expected<LaunchPlan, PlanError>
record(const isa::Program& program, const Entry& entry, const tasks::Binding& binding,
       const DeviceProperties& device = {}, const RecordLimits& limits = {}, const ReadBack& read_back = {});

/// The names of what goes to the device for these kernels and variables.
[[nodiscard]] std::set<std::string> device_names(const ptx::Module& module, const std::vector<std::string>& roots);

/// The part of a module that goes to the device: the given kernels and variables and what they reach; host functions
/// and everything else are left out, so that no unresolved runtime call remains. Same text for the same input.
[[nodiscard]] std::string device_module(const ptx::Module& module, const std::vector<std::string>& roots);

/// Rules that hold for PTX before anything runs. Empty: fine. `program` is `module` decoded.
///   device-launch    a kernel that reaches a launch call
///   hidden-variable  a variable of the global state space declared inside a function, as inline assembly can: no name
///                    reaches it, so it could keep results from one run to the next
/// Besides these, `record` itself refuses by a rule:
///   host-work        host code copies more than `deciding_bytes` back: the data, to work on it itself
[[nodiscard]] std::vector<PlanError> check_rules(const ptx::Module& module, const isa::Program& program);

} // namespace assay::plan
