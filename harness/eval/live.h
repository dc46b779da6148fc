// Live plans: candidates whose host code reads device memory back and decides on it.
//
// What such host code launches depends on the values in its inputs. So there is no plan before a run; interpretation
// and execution take turns, for each run from a fresh start:
//
//   recorder (plan process)                supervisor                run worker
//   interprets up to a read-back ── segment ──►   ── new buffers and steps ──►   runs them, reads
//   goes on with the bytes       ◄── bytes ────   ◄───────── bytes ──────────
//   ... until the entry returns; its last segment ends in no read
//
// What a run reads back is bounded by the size of its inputs (plan::deciding_bytes): the host decides, kernels do the
// work.
//
// The recorder still has no device and the run worker still has nothing but plans and inputs: of a run's data the
// recorder sees what the host code asked for, and its process ends with the run.
//
// A run's time is that of its segments by the device's clock, each from its first step to the arrival of the bytes that
// it reads back, and `host_instruction` for each instruction that the host interprets after the first read-back. What
// lies between segments is ours and does not count: a compiled host would take next to nothing for it.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "compile/compiler.h"
#include "eval/runner.h"
#include "plan/planner.h"
#include "verify/changes.h"

namespace assay::eval {

/// Seconds for an instruction of host code for which the device waits. A compiled host needs less: work that a
/// candidate leaves to the host must not come cheaper here than it is.
inline constexpr double host_instruction = 1e-9;

/// A recorder's error in the words of a verdict.
[[nodiscard]] RunFault to_fault(const plan::PlanError& error);

/// How one run is set up.
struct LiveSetup {
    std::uint8_t zone = 0, poison = 0xFF;
    bool adverse = false;
    std::vector<verify::InputChange> changes; ///< made to the inputs before it
};

struct LiveRun {
    plan::LaunchPlan plan; ///< all segments; its buffers are those that the run worker has
    double seconds = 0;
};

class LiveProgram {
public:
    struct Tools {
        plan::Planner& planner;
        compile::Compiler& compiler;
        std::filesystem::path operators; ///< the folder reference/ops
        std::string architecture;
    };
    /// `device_ptx`: the module that the run worker has.
    LiveProgram(Tools tools, plan::Recordable recordable, const std::string& device_ptx);

    /// One run on the inputs that `prepared` has in `runner`, always the same one; `prepared` is the plan up to the
    /// first read-back, of the module `module`. The deadline holds for all of it.
    [[nodiscard]] RunResult<LiveRun> run(Runner& runner, std::uint32_t module, std::uint32_t prepared,
                                         const tasks::Binding& binding, const LiveSetup& setup,
                                         Runner::Timeout deadline);

private:
    /// What library operators become, with gaps for the candidate's own steps, and the module that has their kernels.
    struct Expansion {
        plan::LaunchPlan plan;
        std::uint32_t module = 0;
    };
    [[nodiscard]] RunResult<const Expansion*> expansion(Runner& runner, const plan::LaunchPlan& segment,
                                                        Runner::Timeout timeout);
    /// Puts the steps of library operators into their places.
    [[nodiscard]] RunResult<void> expand(Runner& runner, plan::LaunchPlan& segment, std::vector<std::uint32_t>& modules,
                                         Runner::Timeout timeout);

    Tools tools_;
    plan::Recordable recordable_;
    std::string module_head_;                     ///< the lines that every PTX module begins with
    std::map<std::string, Expansion> expansions_; ///< by the operators
    std::map<std::string, std::uint32_t> loaded_; ///< by PTX
};

} // namespace assay::eval
