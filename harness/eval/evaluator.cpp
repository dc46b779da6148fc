#include "eval/evaluator.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "eval/attempt.h"
#include "eval/evaluator_state.h"
#include "eval/import.h"
#include "eval/run_worker.h"

namespace assay::eval {

namespace {

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

Result<> Evaluator::State::use(const tasks::Task& wanted) {
    if (task.name == wanted.name && reference) {
        return {};
    }
    reference.reset();
    task = wanted; // the selection points into it
    selection = select_workloads(task, settings.device != "vgpu");
    auto built = Reference::build(task, selection.workloads, *compiler, planner, settings.device);
    if (!built) {
        return std::unexpected(built.error());
    }
    reference = std::move(*built);
    return {};
}

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
    std::unique_ptr<Evaluator> evaluator(new Evaluator(std::move(state)));
    if (auto held = evaluator->require_layers(); !held) {
        return std::unexpected(held.error());
    }
    return evaluator;
}

Result<std::map<std::string, sandbox::Layers>> Evaluator::probe_layers() {
    std::map<std::string, sandbox::Layers> layers;
    const auto note = [&](const std::string& role, Result<sandbox::Layers> found) -> Result<> {
        if (!found) {
            return std::unexpected(found.error());
        }
        layers[role] = std::move(*found);
        return {};
    };
    auto noted = note("compile", state_->compiler->probe_layers());
    noted = noted ? note("plan", state_->planner.probe_layers()) : noted;
    if (auto found = state_->importer.probe_layers(); noted && found) { // a machine may do without Python
        layers["import"] = std::move(*found);
    }
    if (noted) {
        const auto runner = Runner::start(state_->settings.device);
        noted = note("run", runner ? Result<sandbox::Layers>(runner->layers()) : std::unexpected(runner.error()));
    }
    if (!noted) {
        return std::unexpected(noted.error());
    }
    return layers;
}

Result<> Evaluator::require_layers() {
    if (state_->settings.required_layers.empty()) {
        return {};
    }
    const auto found = probe_layers();
    if (!found) {
        return std::unexpected(found.error());
    }
    std::vector<std::string> missing;
    for (const auto& [role, layers] : *found) {
        for (const sandbox::Layer layer : state_->settings.required_layers) {
            if (layers.applies(layer) && !layers.holds(layer)) {
                missing.push_back(
                    fmt::format("{} of the {} process: {}", sandbox::to_string(layer), role, layers.reason(layer)));
            }
        }
    }
    if (missing.empty()) {
        return {};
    }
    return fail(fmt::format("required layers are missing: {}", fmt::join(missing, "; ")), "sandbox",
                "`assay doctor` explains each layer");
}

store::Evaluation Evaluator::evaluate(const tasks::Task& task, const Candidate& given, const Progress& progress) {
    State& state = *state_;
    const auto imported = import_python(given, task, state.settings.problems, state.importer);
    const Candidate& candidate = imported ? *imported : given;
    Attempt attempt(state.settings, task, candidate, progress);
    if (!imported) {
        attempt.fail_harness(imported.error());
        return attempt.finish();
    }
    if (given.python && state.importer.layers()) {
        attempt.evaluation().sandbox["import"] = state.importer.layers()->to_json();
    }
    if (const auto ready = state.use(task); !ready) {
        attempt.fail_harness(ready.error());
        return attempt.finish();
    }
    Reference& reference = *state.reference;
    const Selection& selection = state.selection;
    attempt.evaluation().device = to_json(reference.device());
    const bool right = attempt.compile(*state.compiler, architecture_of(reference.device())) &&
                       attempt.record(state.planner, *state.compiler, architecture_of(reference.device()),
                                      reference.bindings(), properties_of(reference.device())) &&
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

Evaluator::Planned Evaluator::plan(const tasks::Task& task, const tasks::Workload& workload, const Candidate& given) {
    const Progress none;
    const auto imported = import_python(given, task, state_->settings.problems, state_->importer);
    Attempt attempt(state_->settings, task, imported ? *imported : given, none);
    if (!imported) {
        attempt.fail_harness(imported.error());
        return {attempt.finish(), std::nullopt};
    }
    driver::DeviceDescription target; // plans are made for the reference device's limits
    target.name = "Assay vGPU";
    target.compute_major = 9;
    target.max_shared_per_block = 48 * 1024;
    target.max_shared_optin = 227 * 1024;
    const auto binding = tasks::bind(task, workload);
    if (!binding) {
        attempt.fail_harness(binding.error());
    } else if (attempt.compile(*state_->compiler, architecture_of(target)) &&
               attempt.record(state_->planner, *state_->compiler, architecture_of(target), {*binding},
                              properties_of(target))) {
        attempt.pass();
        auto plan = attempt.recording().plans.front();
        return {attempt.finish(), std::move(plan)};
    }
    return {attempt.finish(), std::nullopt};
}

} // namespace assay::eval
