// What an Evaluator keeps between candidates. Internal to eval/.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compile/compiler.h"
#include "eval/attempt.h"
#include "eval/evaluator.h"
#include "eval/reference.h"
#include "forms/kernelbench.h"
#include "plan/planner.h"

namespace assay::eval {

/// The workloads of an evaluation: those for checking, and the one for timing on this device (also checked).
struct Selection {
    std::vector<const tasks::Workload*> workloads;
    std::optional<std::size_t> timed;
};

struct Evaluator::State {
    Settings settings;
    compile::Toolkit toolkit;
    std::unique_ptr<compile::Compiler> compiler;
    plan::Planner planner;
    forms::Importer importer;
    // The last task's reference: candidates of one task come one after the other.
    tasks::Task task;
    Selection selection; ///< of `task`
    std::unique_ptr<Reference> reference;

    /// Makes `reference` that of `wanted`.
    [[nodiscard]] Result<> use(const tasks::Task& wanted);
    [[nodiscard]] store::Evaluation with_recording(const tasks::Task& wanted, const tasks::Workload& workload,
                                                   const Candidate& given, const driver::DeviceDescription& target,
                                                   const std::function<bool(Attempt&)>& work);
};

} // namespace assay::eval
