// The pipeline: one candidate on one task, from source to verdict and speed-up.
//
// compile → rules and launch plan → checked runs → timing, each of the candidate's parts in a worker process of its
// own: a compiler, a recorder and a run worker that holds nothing but the candidate's plan and the inputs. This process
// is the grader: it alone has the key, the expected outputs and the tolerances. The reference runs in another run
// worker.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "driver/device.h"
#include "eval/candidate.h"
#include "plan/launch_plan.h"
#include "sandbox/layer.h"
#include "store/evaluation.h"
#include "tasks/roofline.h"
#include "tasks/task.h"
#include "verify/inputs.h"

namespace assay::eval {

struct Settings {
    std::filesystem::path root;     ///< of tasks, references and datasets
    std::filesystem::path cache;    ///< folder; empty: none
    std::string device = "auto";    ///< "vgpu", "cuda:N" or "auto"
    std::filesystem::path problems; ///< KernelBench's folder of problems, for Python files that lack get_init_inputs()
    std::optional<tasks::LibraryRule> library; ///< in place of what tasks say
    bool time = true;
    std::chrono::milliseconds time_budget{700}; ///< of timing one candidate, warm-up included
    /// A process that lacks one of them, although it applies to its role, judges nothing.
    std::vector<sandbox::Layer> required_layers;
    std::chrono::milliseconds kernel_deadline{10'000}; ///< of one run, or 50 times the baseline's if that is longer
};

/// What of the settings decides verdicts or times, as results record it (store::Evaluation::settings).
[[nodiscard]] nlohmann::json to_json(const Settings& settings);

/// Told of each stage as it begins: "compile", "plan", "check odd/normal", "time".
using Progress = std::function<void(const std::string& stage)>;

class Evaluator {
public:
    /// An Error here means that nothing can be judged: no toolkit, no such device, a required layer is missing.
    [[nodiscard]] static Result<std::unique_ptr<Evaluator>> open(Settings settings);
    ~Evaluator();

    /// Always yields an evaluation; the harness's own faults are Status::HarnessError in it. Evaluations of the same
    /// task one after the other share the reference's worker. With the key of an earlier evaluation the checks are the
    /// same again, byte for byte; without, they are fresh.
    [[nodiscard]] store::Evaluation evaluate(const tasks::Task& task, const Candidate& candidate,
                                             const Progress& progress = {}, const std::optional<verify::Key>& key = {});

    /// With "auto" settled.
    [[nodiscard]] const Settings& settings() const;
    /// What is judged on.
    [[nodiscard]] Result<driver::DeviceDescription> device();

    /// The layers of a process of each role, as it would be locked now.
    [[nodiscard]] Result<std::map<std::string, sandbox::Layers>> probe_layers();

    /// Runs the reference of `task` on every workload that an evaluation would run, and says what is unsound: a mutant
    /// output that passes, a workload where the reference itself fails. Empty:
    /// sound. Outputs of fewer than 32 elements are too small to tell some mutants from the right answer (the mean of
    /// one element is the element): they need the other workloads beside them.
    [[nodiscard]] Result<std::vector<std::string>> check_soundness(const tasks::Task& task,
                                                                   const Progress& progress = {});

    /// The compile and plan stages alone, for one workload: the plan as text or JSON is up to the caller. A plan that
    /// depends on data is that of one run on inputs drawn anew: on the virtual GPU, or where there is none the device.
    struct Planned {
        store::Evaluation evaluation; ///< Passed, or how far it came
        std::optional<plan::LaunchPlan> plan;
    };
    [[nodiscard]] Planned plan(const tasks::Task& task, const tasks::Workload& workload, const Candidate& candidate);

    /// What one run of the candidate does on the virtual GPU (profile.h), whatever device the settings name; compiled
    /// for `gpu`, and with what its assembler says (resources.h), if there is one.
    struct Profiled {
        store::Evaluation evaluation; ///< Passed, or how far it came; nothing is compared
        std::optional<nlohmann::json> profile;
    };
    [[nodiscard]] Profiled profile(const tasks::Task& task, const tasks::Workload& workload, const Candidate& candidate,
                                   const std::optional<tasks::DeviceProfile>& gpu = {});
    /// What checked mode finds in one run of the candidate on the virtual GPU (sanitize.h).
    struct Sanitized {
        store::Evaluation evaluation; ///< Passed, whatever was found, or how far it came
        std::optional<nlohmann::json> result;
    };
    [[nodiscard]] Sanitized sanitize(const tasks::Task& task, const tasks::Workload& workload,
                                     const Candidate& candidate);
    /// The profile of the task's baseline.
    [[nodiscard]] Result<nlohmann::json> profile_baseline(const tasks::Task& task, const tasks::Workload& workload,
                                                          const std::optional<tasks::DeviceProfile>& gpu = {});

private:
    struct State;
    explicit Evaluator(std::unique_ptr<State> state);
    [[nodiscard]] Result<> require_layers();
    std::unique_ptr<State> state_;
};

} // namespace assay::eval
