// The trusted side of a task: its reference, built as baseline and as fp64 oracle, in a run worker of its own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compile/compiler.h"
#include "eval/runner.h"
#include "plan/planner.h"
#include "tasks/reference.h"
#include "tasks/task.h"
#include "verify/compare.h"
#include "verify/inputs.h"

namespace assay::eval {

/// What the recorder tells host code about a device.
[[nodiscard]] plan::DeviceProperties properties_of(const driver::DeviceDescription& device);

/// The architecture that NVRTC compiles for on a device: "compute_80", "compute_90a".
[[nodiscard]] std::string architecture_of(const driver::DeviceDescription& device);

class Reference {
public:
    /// Compiles, plans and loads the reference of `task` for each workload of `workloads`. Every Error is the harness's
    /// (or the task author's) fault, with NVRTC's log where there is one.
    [[nodiscard]] static Result<std::unique_ptr<Reference>> build(const tasks::Task& task,
                                                                  const std::vector<const tasks::Workload*>& workloads,
                                                                  compile::Compiler& compiler, plan::Planner& planner,
                                                                  const std::string& device);

    [[nodiscard]] const driver::DeviceDescription& device() const { return runner_.device(); }
    [[nodiscard]] const std::vector<tasks::Binding>& bindings() const { return bindings_; }

    /// The right outputs for these inputs of workload `index`: the oracle's values and the baseline's own.
    [[nodiscard]] Result<std::vector<verify::Expectation>> expect(std::size_t index, const std::vector<Bytes>& inputs,
                                                                  verify::Regime regime);

    /// Timed runs of the baseline, as Runner::time, on the inputs that `expect` saw last for this workload.
    [[nodiscard]] RunResult<double> time_baseline(std::size_t index, unsigned runs,
                                                  const std::vector<verify::InputChange>& changes);

    /// What one run of the baseline does (profile.h); the device is the virtual GPU.
    [[nodiscard]] RunResult<nlohmann::json> profile(std::size_t index, const std::vector<Bytes>& inputs, bool accesses);

    /// What the trusted worker noted: kernels that ran in the interpreter.
    [[nodiscard]] Runner::Notes take_notes() { return runner_.take_notes(); }

private:
    struct Program {
        std::vector<plan::LaunchPlan> plans;
        std::vector<std::uint32_t> prepared;
    };
    explicit Reference(Runner runner) : runner_(std::move(runner)) {}
    [[nodiscard]] Result<Program> make_program(const tasks::Task& task, const tasks::ReferenceSource& source,
                                               bool oracle, const std::vector<tasks::Binding>& bindings,
                                               compile::Compiler& compiler, plan::Planner& planner);
    [[nodiscard]] RunResult<std::vector<Bytes>> outputs(const Program& program, std::size_t index,
                                                        const std::vector<Bytes>& inputs);

    Runner runner_;
    std::vector<tasks::Binding> bindings_;
    Program baseline_, oracle_;
    std::string source_name_;
};

} // namespace assay::eval
