#include "eval/evaluator.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "eval/attempt.h"
#include "eval/evaluator_state.h"
#include "eval/import.h"
#include "eval/resources.h"
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

/// The device that plans are recorded for where none is named.
driver::DeviceDescription virtual_target() {
    driver::DeviceDescription target;
    target.name = "Assay vGPU";
    target.compute_major = 9;
    target.max_shared_per_block = 48 * 1024;
    target.max_shared_optin = 227 * 1024;
    return target;
}

Result<driver::DeviceDescription> target_of(const std::optional<tasks::DeviceProfile>& gpu) {
    return gpu ? description_of(*gpu) : virtual_target();
}

} // namespace

Result<> Evaluator::State::use(const tasks::Task& wanted) {
    if (task.name == wanted.name && reference) {
        return {};
    }
    reference.reset();
    task = wanted; // the selection points into it
    selection = select_workloads(task, settings.device != "vgpu");
    auto built = Reference::build(task, selection.workloads, *compiler, planner, settings.device, settings.cache);
    if (!built) {
        return std::unexpected(built.error());
    }
    reference = std::move(*built);
    return {};
}

/// Compiles the candidate for `target`, records its plan for one workload, for the target's limits, and goes on with
/// `work`, which returns false once a verdict stands.
store::Evaluation Evaluator::State::with_recording(const tasks::Task& wanted, const tasks::Workload& workload,
                                                   const Candidate& given, const driver::DeviceDescription& target,
                                                   const std::function<bool(Attempt&)>& work) {
    const Progress none;
    const auto imported = import_python(given, wanted, settings.problems, importer);
    Attempt attempt(settings, wanted, imported ? *imported : given, none);
    const auto binding = tasks::bind(wanted, workload);
    if (!imported) {
        attempt.fail_harness(imported.error());
    } else if (!binding) {
        attempt.fail_harness(binding.error());
    } else if (attempt.compile(*compiler, architecture_of(target)) &&
               attempt.record(planner, *compiler, architecture_of(target), {*binding}, properties_of(target)) &&
               work(attempt)) {
        attempt.pass();
    }
    return attempt.finish();
}

nlohmann::json to_json(const Settings& settings) {
    const auto seconds = [](std::chrono::milliseconds time) { return std::chrono::duration<double>(time).count(); };
    nlohmann::json layers = nlohmann::json::array();
    for (const sandbox::Layer layer : settings.required_layers) {
        layers.push_back(sandbox::to_string(layer));
    }
    return {{"device", settings.device},
            {"time", settings.time},
            {"time_budget", settings.time ? seconds(settings.time_budget) : 0},
            {"deadline", seconds(settings.kernel_deadline)},
            {"library", settings.library ? tasks::to_string(*settings.library) : "task"},
            {"problems", settings.problems.string()},
            {"required_layers", std::move(layers)}};
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
    state->toolkit = *toolkit;
    state->compiler = std::make_unique<compile::Compiler>(*toolkit, state->settings.cache);
    std::unique_ptr<Evaluator> evaluator(new Evaluator(std::move(state)));
    if (auto held = evaluator->require_layers(); !held) {
        return std::unexpected(held.error());
    }
    return evaluator;
}

const Settings& Evaluator::settings() const {
    return state_->settings;
}

Result<driver::DeviceDescription> Evaluator::device() {
    const auto runner = Runner::start(state_->settings.device);
    return runner ? Result<driver::DeviceDescription>(runner->device()) : std::unexpected(runner.error());
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

store::Evaluation Evaluator::evaluate(const tasks::Task& task, const Candidate& given, const Progress& progress,
                                      const std::optional<verify::Key>& key) {
    State& state = *state_;
    const auto imported = import_python(given, task, state.settings.problems, state.importer);
    const Candidate& candidate = imported ? *imported : given;
    Attempt attempt(state.settings, task, candidate, progress, key.value_or(verify::Key::fresh()));
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
    std::optional<plan::LaunchPlan> plan;
    auto evaluation = state_->with_recording(task, workload, given, virtual_target(), [&](Attempt& attempt) {
        if (!attempt.complete_plan()) {
            return false;
        }
        plan = attempt.recording().plans.front();
        return true;
    });
    return {std::move(evaluation), std::move(plan)};
}

Evaluator::Profiled Evaluator::profile(const tasks::Task& task, const tasks::Workload& workload, const Candidate& given,
                                       const std::optional<tasks::DeviceProfile>& gpu) {
    nlohmann::json profile;
    const auto target = target_of(gpu);
    auto evaluation =
        state_->with_recording(task, workload, given, target.value_or(virtual_target()), [&](Attempt& attempt) {
            if (!target) {
                attempt.fail_harness(target.error());
                return false;
            }
            const bool done = attempt.profile(profile);
            if (done && gpu) {
                add_resources(profile, *gpu, state_->toolkit, attempt.recording().device_ptx);
            }
            return done;
        });
    const bool passed = evaluation.status == store::Status::Passed;
    return {std::move(evaluation), passed ? std::optional(std::move(profile)) : std::nullopt};
}

Evaluator::Sanitized Evaluator::sanitize(const tasks::Task& task, const tasks::Workload& workload,
                                         const Candidate& given) {
    nlohmann::json result;
    auto evaluation = state_->with_recording(task, workload, given, virtual_target(),
                                             [&](Attempt& attempt) { return attempt.sanitize(result); });
    const bool passed = evaluation.status == store::Status::Passed;
    return {std::move(evaluation), passed ? std::optional(std::move(result)) : std::nullopt};
}

Result<nlohmann::json> Evaluator::profile_baseline(const tasks::Task& task, const tasks::Workload& workload,
                                                   const std::optional<tasks::DeviceProfile>& gpu) {
    const auto target = target_of(gpu);
    if (!target) {
        return std::unexpected(target.error());
    }
    auto reference = Reference::build(task, {&workload}, *state_->compiler, state_->planner, "vgpu",
                                      state_->settings.cache, gpu ? std::optional(*target) : std::nullopt);
    if (!reference) {
        return std::unexpected(reference.error());
    }
    const auto inputs =
        verify::generate((*reference)->bindings().front(), verify::Key::fresh(), verify::Regime::Normal);
    auto profile = (*reference)->profile(0, inputs, true);
    if (!profile) {
        return fail(profile.error().message, "reference of " + task.name, profile.error().hint);
    }
    if (gpu) {
        add_resources(*profile, *gpu, state_->toolkit, (*reference)->baseline_ptx());
    }
    return std::move(*profile);
}

} // namespace assay::eval
