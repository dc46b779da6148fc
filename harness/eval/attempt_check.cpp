// The check and time stages of an evaluation.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "eval/attempt.h"
#include "eval/images.h"
#include "timing/measure.h"

namespace assay::eval {

namespace {

constexpr std::chrono::milliseconds copy_timeout{60'000};

/// How much longer a run may take whose accesses are counted, or that is interpreted and checked.
constexpr unsigned watched_slowdown = 30;

/// Plans shorter than this are run several times within one sample.
constexpr double shortest_sample = 1e-3;

nlohmann::json comparison_json(const verify::Comparison& c, const std::string& output) {
    return {{"output", output},         {"index", c.first_bad},
            {"expected", c.expected},   {"got", c.got},
            {"max_error", c.max_error}, {"norm_error", c.norm_error},
            {"tolerance", c.tolerance}, {"bad", c.bad},
            {"total", c.total},         {"class", tasks::to_string(c.error_class)},
            {"histogram", c.histogram}, {"pattern", c.pattern}};
}

/// "output 'y': 2 of 9 elements are wrong (last row); first at index 7: expected 1, got 0"
std::string describe(const verify::Comparison& c, const std::string& output) {
    const std::string pattern = c.pattern.empty() ? "" : " (" + c.pattern + ")";
    return fmt::format("output '{}': {} of {} elements are wrong{}; first at index {}: expected {:.9g}, got {:.9g}",
                       output, c.bad, c.total, pattern, c.first_bad, c.expected, c.got);
}

/// Large workloads are judged by the task's own inputs alone, which keeps a verdict quick.
bool is_large(const tasks::Workload& workload) {
    return workload.used_for(tasks::Use::TimeGpu) || workload.used_for(tasks::Use::TimeVgpu);
}

std::vector<verify::Regime> regimes_of(const tasks::Workload& workload, const tasks::Binding& binding) {
    using verify::Regime;
    if (is_large(workload)) {
        return {Regime::Normal};
    }
    // Not Regime::Patterns: a plain two-pass layer norm fails it one time in three, where weights of all magnitudes
    // meet elements next to the mean.
    std::vector<Regime> regimes{Regime::Normal, Regime::Uniform, Regime::Integers, Regime::Magnitudes};
    if (std::ranges::any_of(binding.inputs, [](const tasks::Binding::Tensor& input) {
            const tasks::Distribution& d = input.distribution;
            return d.nan || d.infinity || d.negative_infinity;
        })) {
        regimes.push_back(Regime::NonFinite);
    }
    return regimes;
}

} // namespace

/// One of the bytes that make a NaN or a huge value of every floating-point type: what is left unwritten shows.
std::uint8_t Attempt::random_poison() {
    constexpr std::array<std::uint8_t, 3> choices{0xFF, 0x7F, 0xFE};
    const auto random = verify::philox({draws_++, 0, 0, 0xA55A}, {key_.words[0], key_.words[1]});
    return choices[random[0] % choices.size()];
}

std::uint8_t Attempt::random_zone() {
    return static_cast<std::uint8_t>(verify::philox({draws_++, 2, 0, 0x20E5}, {key_.words[0], key_.words[1]})[0]);
}

bool Attempt::start_runner(const std::string& device) {
    auto runner = Runner::start(device);
    if (!runner) {
        fail_harness(runner.error());
        return false;
    }
    runner_.emplace(std::move(*runner));
    note_layers("run", runner_->layers());
    return true;
}

bool Attempt::load() {
    const auto module = runner_->load(recording_.device_ptx, deadline_ + copy_timeout);
    if (!module) {
        return fail(module.error(), "check", {});
    }
    for (const plan::LaunchPlan& plan : recording_.plans) {
        const auto prepared = runner_->prepare(*module, plan, copy_timeout);
        if (!prepared) {
            return fail(prepared.error(), "check", {plan.workload, {}});
        }
        prepared_.push_back(*prepared);
    }
    return true;
}

bool Attempt::grade(std::size_t index, const std::vector<Bytes>& images, const std::vector<Bytes>& inputs,
                    const std::vector<verify::Expectation>& expectations, std::uint8_t zone, std::uint8_t poison,
                    const std::string& stage, const Place& place) {
    const plan::LaunchPlan& plan = recording_.plans[index];
    store::Finding finding{.stage = stage,
                           .check = {},
                           .detail = {},
                           .hint = {},
                           .file = {},
                           .line = 0,
                           .workload = place.workload,
                           .regime = place.regime,
                           .values = {}};
    if (const auto damage = find_damage(plan, bindings_[index], images, inputs, zone)) {
        finding.check = damage->check;
        finding.detail = damage->detail;
        finding.hint = damage->hint;
        return fail(store::Status::MemoryError, std::move(finding));
    }
    for (std::uint32_t i = 0; i < expectations.size(); ++i) {
        const auto comparison = verify::compare(expectations[i], output_bytes(plan, images, i), task_.accepts, poison);
        if (std::isfinite(comparison.max_error)) {
            evaluation_.max_error = std::max(evaluation_.max_error, comparison.max_error);
        }
        const auto worst = tasks::error_class_from(evaluation_.error_class);
        if (!worst || comparison.error_class > *worst) {
            evaluation_.error_class = tasks::to_string(comparison.error_class);
        }
        if (comparison.passed) {
            continue;
        }
        const std::string& name = bindings_[index].outputs[i].name;
        finding.check = "values";
        finding.values = comparison_json(comparison, name);
        finding.detail = describe(comparison, name);
        if (comparison.error_class != tasks::ErrorClass::Wrong) {
            finding.detail += fmt::format("; the output is no better than {}, the task asks for {}",
                                          tasks::to_string(comparison.error_class), tasks::to_string(task_.accepts));
        }
        finding.hint = "`assay tasks show " + task_.name + "` has the definition and the reference";
        return fail(store::Status::Incorrect, std::move(finding));
    }
    return true;
}

bool Attempt::check_once(std::size_t index, const std::vector<Bytes>& inputs,
                         const std::vector<verify::Expectation>& expectations, const Place& place, bool repeat) {
    if (auto written = runner_->write_inputs(prepared_[index], inputs, copy_timeout); !written) {
        return fail(written.error(), "check", place);
    }
    const unsigned runs = repeat ? 2 : 1;
    for (unsigned run = 0; run < runs; ++run) {
        const std::uint8_t zone = random_zone();
        const std::uint8_t poison = random_poison();
        const bool adverse = adverse_;
        adverse_ = !adverse_;
        const auto images = runner_->run(prepared_[index], zone, poison, adverse, deadline_);
        if (!images) {
            return fail(images.error(), "check", place);
        }
        if (!grade(index, *images, inputs, expectations, zone, poison, "check", place)) {
            if (run > 0 && evaluation_.status == store::Status::Incorrect) {
                evaluation_.status = store::Status::Nondeterministic;
                evaluation_.findings.back().check = "repeat";
                evaluation_.findings.back().detail =
                    "the first run was right, the second on the same inputs was not: " +
                    evaluation_.findings.back().detail;
                evaluation_.findings.back().hint =
                    "look for a race between threads, a missing __syncthreads(), or memory read before it is written";
            }
            return false;
        }
    }
    return true;
}

bool Attempt::run_once(const std::string& stage, nlohmann::json& result,
                       const std::function<RunResult<nlohmann::json>(std::uint32_t, Runner::Timeout)>& run) {
    enter(stage);
    const Place place{recording_.plans.front().workload, std::string(verify::to_string(verify::Regime::Normal))};
    if (!start_runner("vgpu") || !load()) {
        return false;
    }
    const auto inputs = verify::generate(bindings_.front(), key_, verify::Regime::Normal);
    if (auto written = runner_->write_inputs(prepared_.front(), inputs, copy_timeout); !written) {
        return fail(written.error(), stage, place);
    }
    auto done = run(prepared_.front(), watched_slowdown * deadline_ + copy_timeout);
    if (!done) {
        return fail(done.error(), stage, place);
    }
    result = std::move(*done);
    return true;
}

bool Attempt::profile(nlohmann::json& result) {
    return run_once("profile", result, [&](std::uint32_t plan, Runner::Timeout timeout) {
        return runner_->profile(plan, candidate_.path.filename().string(), true, timeout);
    });
}

bool Attempt::sanitize(nlohmann::json& result) {
    using enum plan::Buffer::Role;
    std::vector<std::string> names;
    for (const plan::Buffer& buffer : recording_.plans.front().buffers) {
        const tasks::Binding& binding = bindings_.front();
        names.push_back(buffer.role == Input    ? fmt::format("input '{}'", binding.inputs.at(buffer.index).name)
                        : buffer.role == Output ? fmt::format("output '{}'", binding.outputs.at(buffer.index).name)
                                                : fmt::format("buffer {}", names.size()));
    }
    return run_once("sanitize", result, [&](std::uint32_t plan, Runner::Timeout timeout) {
        return runner_->sanitize(plan, names, candidate_.path.filename().string(), timeout);
    });
}

bool Attempt::check_workload(Reference& reference, std::size_t index, const tasks::Workload& workload) {
    for (const verify::Regime regime : regimes_of(workload, bindings_[index])) {
        const Place place{workload.name, std::string(verify::to_string(regime))};
        if (progress_) {
            progress_(fmt::format("check {}/{}", place.workload, place.regime));
        }
        const auto inputs = verify::generate(bindings_[index], key_, regime);
        const auto start = std::chrono::steady_clock::now();
        const auto expectations = reference.expect(index, inputs, regime);
        if (!expectations) {
            fail_harness(expectations.error());
            return false;
        }
        const auto spent =
            std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
        deadline_ = std::max(settings_.kernel_deadline, 50 * spent);
        // The task's own inputs are known to be good to judge by: `assay tasks check`.
        if (regime != verify::Regime::Normal && !std::ranges::all_of(*expectations, [&](const auto& expectation) {
                return verify::can_judge(expectation, task_.accepts);
            })) {
            evaluation_.not_judged.push_back(place.workload + "/" + place.regime);
            continue;
        }
        const bool large = is_large(workload);
        if (!check_once(index, inputs, *expectations, place, large || regime == verify::Regime::Normal)) {
            return false;
        }
        if (large) {
            break;
        }
    }
    return true;
}

bool Attempt::check(Reference& reference, const std::vector<const tasks::Workload*>& workloads) {
    enter("start");
    if (!start_runner(reference.device().kind == "gpu" ? settings_.device : "vgpu")) {
        return false;
    }
    enter("jit");
    if (!load()) {
        return false;
    }
    enter("check");
    for (std::size_t i = 0; i < workloads.size(); ++i) {
        if (!check_workload(reference, i, *workloads[i])) {
            return false;
        }
    }
    return true;
}

bool Attempt::time(Reference& reference, std::size_t workload, const std::string& workload_name) {
    enter("time");
    // Fresh inputs: those of the check have been seen by the candidate's kernels.
    const auto regime = verify::Regime::Normal;
    const Place place{workload_name, std::string(verify::to_string(regime))};
    verify::ChangingInputs inputs(bindings_[workload], key_, 1);
    verify::ChangingInputs baseline_inputs = inputs;
    if (auto written = runner_->write_inputs(prepared_[workload], inputs.current(), copy_timeout); !written) {
        return fail(written.error(), "time", place);
    }

    // The baseline goes through the same, on its own drawing of changes.
    std::optional<RunFault> candidate_fault;
    std::optional<Error> harness_error;
    bool verdict_stands = false;
    std::uint8_t zone = 0, poison = 0;
    const auto verify_last = [&]() -> bool {
        const auto images = runner_->images(prepared_[workload], copy_timeout);
        if (!images) {
            candidate_fault = images.error();
            return false;
        }
        const auto expectations = reference.expect(workload, inputs.current(), regime);
        if (!expectations) {
            harness_error = expectations.error();
            return false;
        }
        verdict_stands = !grade(workload, *images, inputs.current(), *expectations, zone, poison, "time", place);
        return !verdict_stands;
    };
    unsigned runs = 1;
    const timing::Sampler baseline = [&]() -> Result<double> {
        const auto seconds = reference.time_baseline(workload, runs, baseline_inputs.next(runs));
        if (!seconds) {
            return assay::fail("the baseline failed: " + seconds.error().message, task_.name);
        }
        return *seconds / runs;
    };
    const timing::Sampler candidate = [&]() -> Result<double> {
        zone = random_zone();
        poison = random_poison();
        const auto seconds = runner_->time(prepared_[workload], zone, poison, runs, inputs.next(runs), deadline_);
        if (!seconds) {
            candidate_fault = seconds.error();
            return assay::fail("the candidate failed");
        }
        const auto coin = verify::philox({draws_++, 1, 0, 0xC0C0}, {key_.words[2], key_.words[3]})[0] % 16;
        if (coin == 0 && !verify_last()) {
            return assay::fail("the candidate failed");
        }
        return *seconds / runs;
    };
    for (const timing::Sampler* sampler : {&baseline, &candidate}) { // how long is one run?
        const auto seconds = (*sampler)();
        if (seconds && *seconds > 0) {
            runs = std::clamp(static_cast<unsigned>(std::ceil(shortest_sample / *seconds)), runs, 1000U);
        }
    }

    timing::Options options;
    options.budget = settings_.time_budget;
    options.seed = (static_cast<std::uint64_t>(key_.words[2]) << 32) | key_.words[3];
    auto timing = timing::measure(baseline, candidate, options);
    if (timing && !verify_last()) {
        timing = assay::fail("the candidate failed");
    }
    if (!timing) {
        if (candidate_fault) {
            return fail(*candidate_fault, "time", place);
        }
        if (!verdict_stands) {
            fail_harness(harness_error.value_or(timing.error()));
        }
        return false;
    }
    timing->workload = workload_name;
    timing->clock = reference.device().clock;
    evaluation_.timing = std::move(*timing);
    return true;
}

} // namespace assay::eval
