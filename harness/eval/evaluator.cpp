#include "eval/evaluator.h"

#include <algorithm>
#include <fmt/format.h>

#include "compile/compiler.h"
#include "eval/attempt.h"
#include "eval/reference.h"
#include "eval/run_worker.h"
#include "plan/planner.h"
#include "verify/compare.h"

namespace assay::eval {

namespace {

/// The workloads of an evaluation: those for checking, and the one for timing on this device (also checked).
struct Selection {
    std::vector<const tasks::Workload*> workloads;
    std::optional<std::size_t> timed;
};

Selection select_workloads(const tasks::Task& task, bool gpu) {
    Selection selection;
    const tasks::Use timing = gpu ? tasks::Use::TimeGpu : tasks::Use::TimeVgpu;
    for (const tasks::Workload& workload : task.workloads) {
        const bool timed = workload.used_for(timing) && !selection.timed;
        if (!timed && !workload.used_for(tasks::Use::Check)) {
            continue;
        }
        if (timed) {
            selection.timed = selection.workloads.size();
        }
        selection.workloads.push_back(&workload);
    }
    return selection;
}

} // namespace

struct Evaluator::State {
    Settings settings;
    std::unique_ptr<compile::Compiler> compiler;
    plan::Planner planner;
    // The last task's reference: candidates of one task come one after the other.
    std::string task;
    Selection selection;
    std::unique_ptr<Reference> reference;

    /// Makes `reference` that of `task`.
    Result<> use(const tasks::Task& wanted) {
        if (task == wanted.name && reference) {
            return {};
        }
        reference.reset();
        selection = select_workloads(wanted, settings.device != "vgpu");
        auto built =
            Reference::build(wanted, selection.workloads, settings.root, *compiler, planner, settings.device);
        if (!built) {
            return std::unexpected(built.error());
        }
        reference = std::move(*built);
        task = wanted.name;
        return {};
    }
};

Evaluator::Evaluator(std::unique_ptr<State> state) : state_(std::move(state)) {}
Evaluator::~Evaluator() = default;

Result<std::unique_ptr<Evaluator>> Evaluator::open(Settings settings) {
    const auto toolkit = compile::find_toolkit();
    if (!toolkit) {
        return std::unexpected(toolkit.error());
    }
    // "auto" is settled once, so that every worker of a run is on the same device.
    if (settings.device != "vgpu") {
        const auto probe = Runner::start(settings.device);
        if (!probe) {
            return std::unexpected(probe.error());
        }
        if (settings.device == "auto") {
            settings.device = probe->device().kind == "gpu" ? "cuda:0" : "vgpu";
        }
    }
    auto state = std::make_unique<State>();
    state->settings = std::move(settings);
    state->compiler = std::make_unique<compile::Compiler>(*toolkit, state->settings.cache);
    return std::unique_ptr<Evaluator>(new Evaluator(std::move(state)));
}

store::Evaluation Evaluator::evaluate(const tasks::Task& task, const Candidate& candidate, const Progress& progress) {
    State& state = *state_;
    Attempt attempt(state.settings, task, candidate, progress);
    if (const auto ready = state.use(task); !ready) {
        attempt.fail_harness(ready.error());
        return attempt.finish();
    }
    Reference& reference = *state.reference;
    const Selection& selection = state.selection;
    attempt.evaluation().device = to_json(reference.device());
    const bool right = attempt.compile(*state.compiler, architecture_of(reference.device())) &&
                       attempt.record(state.planner, reference.bindings(), properties_of(reference.device())) &&
                       attempt.check(reference, selection.workloads);
    if (right) {
        const bool timed = state.settings.time && selection.timed;
        if (!timed || attempt.time(reference, *selection.timed, selection.workloads[*selection.timed]->name)) {
            attempt.pass();
        }
    }
    attempt.warn(state.compiler->warnings());
    for (const std::string& fallback : reference.take_notes().fallbacks) {
        attempt.warn({"the baseline was interpreted, so the speed-up says nothing: " + fallback});
    }
    auto evaluation = attempt.finish();
    if (evaluation.status == store::Status::HarnessError) {
        state.reference.reset(); // its worker may be the one that failed
    }
    return evaluation;
}

Evaluator::Planned Evaluator::plan(const tasks::Task& task, const tasks::Workload& workload,
                                   const Candidate& candidate) {
    const Progress none;
    Attempt attempt(state_->settings, task, candidate, none);
    driver::DeviceDescription target; // plans are made for the reference device's limits
    target.name = "Assay vGPU";
    target.compute_major = 9;
    target.max_shared_per_block = 48 * 1024;
    target.max_shared_optin = 227 * 1024;
    const auto binding = tasks::bind(task, workload);
    if (!binding) {
        attempt.fail_harness(binding.error());
    } else if (attempt.compile(*state_->compiler, architecture_of(target)) &&
               attempt.record(state_->planner, {*binding}, properties_of(target))) {
        attempt.pass();
        auto plan = attempt.recording().plans.front();
        return {attempt.finish(), std::move(plan)};
    }
    return {attempt.finish(), std::nullopt};
}

Result<std::vector<std::string>> Evaluator::check_soundness(const tasks::Task& task, const Progress& progress) {
    State& state = *state_;
    if (const auto ready = state.use(task); !ready) {
        return std::unexpected(ready.error());
    }
    Reference& reference = *state.reference;
    std::vector<std::string> problems;
    const auto key = verify::Key::fresh();
    constexpr std::uint8_t poison = 0xFF;
    for (std::size_t i = 0; i < state.selection.workloads.size(); ++i) {
        const tasks::Workload& workload = *state.selection.workloads[i];
        if (progress) {
            progress(workload.name);
        }
        const tasks::Binding& binding = reference.bindings()[i];
        const auto inputs = verify::generate(binding, key, verify::Regime::Normal, 0);
        const auto others =
            reference.expect(i, verify::generate(binding, key, verify::Regime::Normal, 1), verify::Regime::Normal);
        const auto expectations = reference.expect(i, inputs, verify::Regime::Normal);
        if (!expectations || !others) {
            return std::unexpected(expectations ? others.error() : expectations.error());
        }
        for (std::uint32_t output = 0; output < expectations->size(); ++output) {
            const verify::Expectation& expectation = (*expectations)[output];
            const auto dtype = expectation.tensor.dtype;
            const std::string place = fmt::format("workload '{}', output '{}': ", workload.name, expectation.tensor.name);
            const auto honest = verify::from_doubles(dtype, expectation.reference);
            if (!verify::compare(expectation, honest, task.accepts, poison).passed) {
                problems.push_back(place + "the reference itself does not pass");
            }
            const auto other = verify::from_doubles(dtype, (*others)[output].reference);
            for (const verify::Mutant& mutant :
                 verify::make_mutants(binding, output, expectation, inputs, other, poison)) {
                if (verify::compare(expectation, mutant.output, task.accepts, poison).passed) {
                    problems.push_back(place + "passes with a wrong output: " + mutant.name);
                }
            }
        }
    }
    return problems;
}

} // namespace assay::eval
