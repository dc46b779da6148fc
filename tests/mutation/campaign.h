// Judging mutants: which of an honest candidate's kernels with one mistake in them still get the verdict "passed".
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "compile/compiler.h"
#include "eval/candidate.h"
#include "eval/evaluator.h"
#include "eval/reference.h"
#include "mutation/mutator.h"
#include "plan/planner.h"
#include "tasks/task.h"

namespace assay::mutation {

/// A candidate that passes, and what was recorded of it.
struct Subject {
    tasks::Task task;
    eval::Candidate candidate;
    plan::Recording recording;
    std::vector<Mutant> mutants;
};

/// A mutant of a subject; `id` is the same in every run: "softmax/naive/bound-off-by-one/17.0".
struct Choice {
    const Subject* subject = nullptr;
    const Mutant* mutant = nullptr;
    [[nodiscard]] std::string id() const;
};

struct Outcome {
    store::Status status = store::Status::HarnessError;
    std::string check, workload, regime;
    [[nodiscard]] bool survived() const { return status == store::Status::Passed; }
    /// The device does not take it: no mutant at all.
    [[nodiscard]] bool stillborn() const { return status == store::Status::CompileError; }
};

class Campaign {
public:
    /// All mutants of a task are judged by the same inputs, which follow from `seed`: so its reference runs once, and a
    /// verdict can be had again.
    Campaign(eval::Settings settings, compile::Toolkit toolkit, std::uint32_t seed);

    /// The candidates of datasets/candidates that must pass and whose "task/name" holds `pattern`.
    [[nodiscard]] Result<std::vector<Subject>> find_subjects(const std::string& pattern);
    /// Whether a mutant is caught. An Error if the candidate does not pass as it is: then nothing is said of its
    /// mutants.
    [[nodiscard]] Result<Outcome> judge(const Choice& choice);
    /// Whether any check executes the instruction that the mutant changes.
    [[nodiscard]] Result<bool> is_reached(const Choice& choice);
    /// Whether the instruction gives another value than the original's in any check; true where that cannot be told.
    [[nodiscard]] Result<bool> makes_a_difference(const Choice& choice);
    /// Whether the instruction's value matters in any check; true where that cannot be told.
    [[nodiscard]] Result<bool> is_used(const Choice& choice);

private:
    [[nodiscard]] Result<plan::Recording> record(const tasks::Task& task, const eval::Candidate& candidate,
                                                 const driver::DeviceDescription& device);
    [[nodiscard]] Result<Outcome> judge(const Subject& subject, std::string device_ptx);
    [[nodiscard]] Result<bool> is_caught(const Subject& subject, std::string device_ptx);
    [[nodiscard]] Result<eval::Reference*> reference_of(const tasks::Task& task);

    eval::Settings settings_;
    verify::Key key_;
    compile::Compiler compiler_;
    plan::Planner planner_;
    const Subject* subject_ = nullptr;              ///< the last that passed as it is
    const Subject* failed_ = nullptr;               ///< the last that did not
    tasks::Task task_;                              ///< of `reference_`
    std::vector<const tasks::Workload*> workloads_; ///< of `task_`
    std::unique_ptr<eval::Reference> reference_;
};

/// `count` mutants, or all if there are fewer: by turns from every candidate and every operator, so that none drowns
/// the others; within these by `seed`. In the order of the subjects.
[[nodiscard]] std::vector<Choice> choose(const std::vector<Subject>& subjects, std::size_t count, std::uint32_t seed);

} // namespace assay::mutation
