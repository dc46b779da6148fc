// One evaluation under way: what it has found so far, and the stages that carry it on. Internal to eval/.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compile/compiler.h"
#include "eval/candidate.h"
#include "eval/evaluator.h"
#include "eval/live.h"
#include "eval/reference.h"
#include "eval/runner.h"
#include "plan/planner.h"
#include "store/evaluation.h"
#include "verify/drawn_errors.h"
#include "verify/inputs.h"

namespace assay::eval {

/// Each stage returns true to go on; false once the verdict stands.
class Attempt {
public:
    Attempt(const Settings& settings, const tasks::Task& task, const Candidate& candidate, const Progress& progress,
            const verify::Key& key = verify::Key::fresh());

    [[nodiscard]] bool compile(compile::Compiler& compiler, const std::string& architecture);
    [[nodiscard]] bool record(plan::Planner& planner, compile::Compiler& compiler, const std::string& architecture,
                              const std::vector<tasks::Binding>& bindings, const plan::DeviceProperties& properties);
    /// Instead of the two: goes on with what was recorded of a candidate before. Tools that change it do so.
    void adopt(plan::Recording recording, std::vector<tasks::Binding> bindings);
    /// Runs every workload of `reference` in every regime that suits it and compares. The last `timed` workload, if
    /// any, is checked in its own regime too.
    [[nodiscard]] bool check(Reference& reference, const std::vector<const tasks::Workload*>& workloads);
    [[nodiscard]] bool time(Reference& reference, std::size_t workload, const std::string& workload_name);

    /// A plan that depends on data: runs it on inputs of the first binding, so that it is known whole. Any other is.
    [[nodiscard]] bool complete_plan();

    /// Runs the first plan once on inputs of the first binding, on the virtual GPU, and hands back what it did.
    [[nodiscard]] bool profile(nlohmann::json& result);

    /// The same in checked mode: what it finds.
    [[nodiscard]] bool sanitize(nlohmann::json& result);

    /// The verdict when every stage held.
    void pass();
    void fail_harness(const Error& error);
    void warn(const std::vector<std::string>& warnings);
    [[nodiscard]] store::Evaluation finish();
    [[nodiscard]] const plan::Recording& recording() const { return recording_; }
    [[nodiscard]] store::Evaluation& evaluation() { return evaluation_; }

private:
    struct Place {
        std::string workload, regime;
    };
    [[nodiscard]] bool fail(store::Status status, store::Finding finding);
    [[nodiscard]] bool fail(const RunFault& fault, const std::string& stage, const Place& place);
    [[nodiscard]] bool start_runner(const std::string& device);
    [[nodiscard]] bool load();
    /// One run of a plan that depends on data, which is then that of its run; the seconds that it took.
    [[nodiscard]] RunResult<double> run_live(std::size_t index, const LiveSetup& setup);
    /// One checked run: the images.
    [[nodiscard]] RunResult<std::vector<Bytes>> run_checked(std::size_t index, const LiveSetup& setup);
    /// One sample of timed runs, seconds of all of them.
    [[nodiscard]] RunResult<double> run_timed(std::size_t index, const LiveSetup& setup, unsigned runs);
    /// Starts a worker with the first plan and inputs, and completes the plan.
    [[nodiscard]] bool prepare_one(const std::string& device, const std::string& stage, const Place& place);
    /// Notes what the plan uses of libraries, and says whether the rule for them forbids it.
    [[nodiscard]] std::optional<RunFault> judge_library(const plan::LaunchPlan& plan);
    /// Buffers of a plan are on the device while it is judged, and no longer: no other's are there to keep things in.
    [[nodiscard]] bool prepare(std::size_t index, const std::string& stage);
    [[nodiscard]] bool release(std::size_t index, const std::string& stage);
    [[nodiscard]] bool check_once(std::size_t index, const std::vector<Bytes>& inputs,
                                  const std::vector<verify::Expectation>& expectations, const Place& place,
                                  bool repeat);
    [[nodiscard]] bool grade(std::size_t index, const std::vector<Bytes>& images, const std::vector<Bytes>& inputs,
                             const std::vector<verify::Expectation>& expectations, std::uint8_t zone,
                             std::uint8_t poison, const std::string& stage, const Place& place);
    [[nodiscard]] bool judge_drawn();
    [[nodiscard]] bool check_workload(Reference& reference, std::size_t index, const tasks::Workload& workload);
    /// Runs the first plan once on a virtual GPU, in a way of its own.
    [[nodiscard]] bool run_once(const std::string& stage, nlohmann::json& result,
                                const std::function<RunResult<nlohmann::json>(std::uint32_t, Runner::Timeout)>& run);
    void enter(const std::string& stage);
    void note_layers(const std::string& stage, const sandbox::Layers& layers);
    [[nodiscard]] std::uint8_t random_poison();
    [[nodiscard]] std::uint8_t random_zone();
    /// Which of `runs` timed runs is looked at, from 1; 0: none of them.
    [[nodiscard]] unsigned random_look(unsigned runs);

    const Settings& settings_;
    const tasks::Task& task_;
    const Candidate& candidate_;
    const Progress& progress_;
    store::Evaluation evaluation_;
    verify::Key key_;
    std::uint32_t draws_ = 0;                            ///< of poison bytes and coins
    std::map<std::uint32_t, verify::DrawnErrors> drawn_; ///< by output, of the checks
    bool adverse_ = false;                               ///< whether the next checked run is: every other one
    std::optional<std::string> ptx_;
    std::optional<LiveProgram> live_; ///< of a plan that depends on data
    plan::Recording recording_;
    std::vector<tasks::Binding> bindings_;
    std::optional<Runner> runner_;
    std::uint32_t module_ = 0;
    std::uint32_t prepared_ = 0; ///< the plan that is judged, on the device
    std::chrono::milliseconds deadline_;
    std::string stage_;
    std::chrono::steady_clock::time_point stage_start_ = std::chrono::steady_clock::now();
};

} // namespace assay::eval
