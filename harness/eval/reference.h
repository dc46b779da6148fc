// The trusted side of a task: its reference, built as baseline and as fp64 oracle, in a run worker of its own.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
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
    /// (or the task author's) fault, with NVRTC's log where there is one. `cache` is as in Runner::start; `target`
    /// is what to compile and plan for, if not the device.
    [[nodiscard]] static Result<std::unique_ptr<Reference>>
    build(const tasks::Task& task, const std::vector<const tasks::Workload*>& workloads, compile::Compiler& compiler,
          plan::Planner& planner, const std::string& device, const std::filesystem::path& cache = {},
          const std::optional<driver::DeviceDescription>& target = {});

    /// The baseline alone, built for counting its operations as a textbook does, on the virtual GPU: an elementary
    /// function is one or two of them (exp is a product and ex2), a division is one. Its outputs are not right.
    [[nodiscard]] static Result<std::unique_ptr<Reference>>
    build_for_counting(const tasks::Task& task, const std::vector<const tasks::Workload*>& workloads,
                       compile::Compiler& compiler, plan::Planner& planner);

    [[nodiscard]] const driver::DeviceDescription& device() const { return runner_.device(); }
    [[nodiscard]] const std::vector<tasks::Binding>& bindings() const { return bindings_; }
    /// Of all buffers that the baseline has for workload `index`: inputs, outputs and what it allocates.
    [[nodiscard]] std::uint64_t buffer_bytes(std::size_t index) const;

    /// The right outputs for these inputs of workload `index`: the oracle's values and the baseline's own; under
    /// Regime::Patterns how the oracle answers to inputs that are a rounding off, too.
    [[nodiscard]] Result<std::vector<verify::Expectation>> expect(std::size_t index, const std::vector<Bytes>& inputs,
                                                                  verify::Regime regime);

    /// From now on an expectation is kept, and handed out again for the same inputs. For tools that judge many programs
    /// by the same inputs.
    void keep_expectations() { keeps_ = true; }

    /// Timed runs of the baseline, as Runner::time, on the inputs that `expect` saw last for this workload.
    [[nodiscard]] RunResult<double> time_baseline(std::size_t index, unsigned runs,
                                                  const std::vector<verify::InputChange>& changes);

    /// What one run of the baseline does (profile.h); the device is the virtual GPU.
    [[nodiscard]] RunResult<nlohmann::json> profile(std::size_t index, const std::vector<Bytes>& inputs, bool accesses);

    /// The module of the baseline.
    [[nodiscard]] const std::string& baseline_ptx() const { return baseline_.ptx; }

    /// What the trusted worker noted: kernels that ran in the interpreter.
    [[nodiscard]] Runner::Notes take_notes() { return runner_.take_notes(); }

private:
    struct Program {
        std::vector<plan::LaunchPlan> plans;
        std::vector<std::uint32_t> prepared;
        std::string ptx;
    };
    enum class Build : std::uint8_t { Baseline, Oracle, Counting };
    Reference(Runner runner, const std::optional<driver::DeviceDescription>& target)
        : runner_(std::move(runner)), target_(target.value_or(runner_.device())) {}
    [[nodiscard]] static Result<std::unique_ptr<Reference>>
    start(const tasks::Task& task, const std::vector<const tasks::Workload*>& workloads, const std::string& device,
          const std::filesystem::path& cache = {}, const std::optional<driver::DeviceDescription>& target = {});
    [[nodiscard]] Result<Program> make_program(const tasks::Task& task, const tasks::ReferenceSource& source,
                                               Build build, const std::vector<tasks::Binding>& bindings,
                                               compile::Compiler& compiler, plan::Planner& planner);
    struct Kept {
        std::vector<Bytes> inputs;
        std::vector<verify::Expectation> expectations;
    };
    [[nodiscard]] Result<std::vector<verify::Expectation>> compute(std::size_t index, const std::vector<Bytes>& inputs,
                                                                   verify::Regime regime);
    [[nodiscard]] Result<> ask_responses(std::size_t index, const std::vector<Bytes>& widened,
                                         std::vector<verify::Expectation>& expectations);
    [[nodiscard]] RunResult<std::vector<Bytes>> outputs(const Program& program, std::size_t index,
                                                        const std::vector<Bytes>& inputs);

    Runner runner_;
    driver::DeviceDescription target_; ///< what is compiled and planned for
    std::vector<tasks::Binding> bindings_;
    Program baseline_, oracle_;
    std::string source_name_;
    bool keeps_ = false;
    std::map<std::pair<std::size_t, verify::Regime>, Kept> kept_;
};

} // namespace assay::eval
