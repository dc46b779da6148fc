// The check and time stages of an evaluation.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>

#include "eval/attempt.h"
#include "eval/images.h"
#include "timing/measure.h"
#include "verify/compare.h"

namespace assay::eval {

namespace {

constexpr std::chrono::milliseconds copy_timeout{60'000};

/// How much longer a run may take whose accesses are counted, or that is interpreted and checked.
constexpr unsigned watched_slowdown = 30;

/// One in so many samples has a timed run whose outputs are looked at, besides the very last.
constexpr std::uint32_t samples_for_a_look = 16;

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

/// Large workloads are judged by the task's own inputs and those of one other regime, which keeps a verdict quick.
bool is_large(const tasks::Workload& workload) {
    return workload.used_for(tasks::Use::TimeGpu) || workload.used_for(tasks::Use::TimeVgpu);
}

/// The order of checking: small workloads first, and of these last those whose outputs are too few to say of which
/// precision they are. So a verdict comes early and tells most.
std::vector<std::size_t> order_of(const std::vector<const tasks::Workload*>& workloads,
                                  const std::vector<tasks::Binding>& bindings) {
    const auto rank = [&](std::size_t i) {
        const bool few = std::ranges::all_of(bindings[i].outputs, [](const tasks::Binding::Tensor& output) {
            return static_cast<std::size_t>(output.elements()) < verify::fewest_of_a_class;
        });
        return is_large(*workloads[i]) ? 2 : few ? 1 : 0;
    };
    std::vector<std::size_t> order(workloads.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, {}, rank);
    return order;
}

std::vector<verify::Regime> regimes_of(const tasks::Workload& workload, const tasks::Binding& binding) {
    using verify::Regime;
    if (is_large(workload)) { // a second one, since this is where a kernel is timed: it must be right for any numbers
        return {Regime::Normal, Regime::Outlier, Regime::Magnitudes};
    }
    std::vector<Regime> regimes{Regime::Normal,   Regime::Uniform, Regime::Integers, Regime::Magnitudes,
                                Regime::Negative, Regime::Outlier, Regime::Patterns};
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

unsigned Attempt::random_look(unsigned runs) {
    const auto random = verify::philox({draws_++, 1, 0, 0xC0C0}, {key_.words[2], key_.words[3]});
    return random[0] % samples_for_a_look == 0 ? 1 + random[1] % runs : 0;
}

bool Attempt::start_runner(const std::string& device) {
    auto runner = Runner::start(device, settings_.cache);
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
    module_ = *module;
    return true;
}

RunResult<double> Attempt::run_live(std::size_t index, const LiveSetup& setup) {
    auto run = live_->run(*runner_, module_, prepared_, bindings_[index], setup, deadline_);
    if (!run) {
        return std::unexpected(run.error());
    }
    if (auto fault = judge_library(run->plan)) {
        return std::unexpected(std::move(*fault));
    }
    std::uint64_t reads = 0, bytes = 0;
    for (const plan::Step& step : run->plan.steps) {
        if (const auto* read = std::get_if<plan::Read>(&step)) {
            ++reads;
            bytes += read->bytes;
        }
    }
    evaluation_.data_dependent = {
        {"read_backs", reads}, {"bytes", bytes}, {"host_instructions", run->plan.deciding_steps}};
    recording_.plans[index] = std::move(run->plan);
    return run->seconds;
}

RunResult<std::vector<Bytes>> Attempt::run_checked(std::size_t index, const LiveSetup& setup) {
    if (!live_) {
        return runner_->run(prepared_, setup.zone, setup.poison, setup.adverse, deadline_);
    }
    if (auto done = run_live(index, setup); !done) {
        return std::unexpected(std::move(done.error()));
    }
    return runner_->images(prepared_, copy_timeout);
}

RunResult<double> Attempt::run_timed(std::size_t index, const LiveSetup& setup, unsigned runs) {
    if (!live_) {
        return runner_->time(prepared_, setup.zone, setup.poison, runs, setup.changes, deadline_);
    }
    double seconds = 0;
    for (unsigned run = 0; run < runs; ++run) {
        LiveSetup one = setup;
        std::erase_if(one.changes, [&](const verify::InputChange& change) { return change.run != run; });
        const auto taken = run_live(index, one);
        if (!taken) {
            return taken;
        }
        seconds += *taken;
    }
    return seconds;
}

bool Attempt::prepare(std::size_t index, const std::string& stage) {
    enter("jit");
    const plan::LaunchPlan& plan = recording_.plans[index];
    const auto prepared = runner_->prepare(module_, plan, copy_timeout);
    if (!prepared) {
        return fail(prepared.error(), stage, {plan.workload, {}});
    }
    prepared_ = *prepared;
    enter(stage);
    return true;
}

bool Attempt::release(std::size_t index, const std::string& stage) {
    const auto released = runner_->release(prepared_, copy_timeout);
    return released || fail(released.error(), stage, {recording_.plans[index].workload, {}});
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
    if (!are_images_of(plan, images)) {
        fail_harness({"the run worker's reply made no sense", "run worker", "run it again; if it stays, report it"});
        return false;
    }
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
            if (stage == "check") {
                drawn_[i].add(expectations[i], output_bytes(plan, images, i));
            }
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
    if (auto written = runner_->write_inputs(prepared_, inputs, copy_timeout); !written) {
        return fail(written.error(), "check", place);
    }
    const unsigned runs = repeat ? 2 : 1;
    for (unsigned run = 0; run < runs; ++run) {
        const std::uint8_t zone = random_zone();
        const std::uint8_t poison = random_poison();
        const bool adverse = adverse_;
        adverse_ = !adverse_;
        const auto images = run_checked(index, {zone, poison, adverse, {}});
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

bool Attempt::prepare_one(const std::string& device, const std::string& stage, const Place& place) {
    if (!start_runner(device) || !load() || !prepare(0, stage)) {
        return false;
    }
    const auto inputs = verify::generate(bindings_.front(), key_, verify::Regime::Normal);
    if (auto written = runner_->write_inputs(prepared_, inputs, copy_timeout); !written) {
        return fail(written.error(), stage, place);
    }
    if (live_) {
        if (auto done = run_live(0, {}); !done) {
            return fail(done.error(), stage, place);
        }
    }
    return true;
}

bool Attempt::complete_plan() {
    const Place place{recording_.plans.front().workload, std::string(verify::to_string(verify::Regime::Normal))};
    return !live_ || prepare_one(has_vgpu() ? "vgpu" : settings_.device, "plan", place);
}

bool Attempt::run_once(const std::string& stage, nlohmann::json& result,
                       const std::function<RunResult<nlohmann::json>(std::uint32_t, Runner::Timeout)>& run) {
    enter(stage);
    const Place place{recording_.plans.front().workload, std::string(verify::to_string(verify::Regime::Normal))};
    if (!prepare_one("vgpu", stage, place)) {
        return false;
    }
    auto done = run(prepared_, watched_slowdown * deadline_ + copy_timeout);
    if (!done) {
        return fail(done.error(), stage, place);
    }
    result = std::move(*done);
    return true;
}

bool Attempt::profile(nlohmann::json& result) {
    return run_once("profile", result, [&](std::uint32_t plan, Runner::Timeout timeout) {
        const auto names = buffer_names(recording_.plans.front(), bindings_.front());
        return runner_->profile(plan, names, candidate_.path.filename().string(), true, timeout);
    });
}

bool Attempt::sanitize(nlohmann::json& result) {
    return run_once("sanitize", result, [&](std::uint32_t plan, Runner::Timeout timeout) {
        const auto names = buffer_names(recording_.plans.front(), bindings_.front());
        return runner_->sanitize(plan, names, candidate_.path.filename().string(), timeout);
    });
}

bool Attempt::check_workload(Reference& reference, std::size_t index, const tasks::Workload& workload) {
    const bool large = is_large(workload);
    unsigned judged = 0;
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
        if (!check_once(index, inputs, *expectations, place, regime == verify::Regime::Normal)) {
            return false;
        }
        if (++judged == 2 && large) {
            break;
        }
    }
    return true;
}

/// Outputs of few elements, over all draws.
bool Attempt::judge_drawn() {
    for (const auto& [output, errors] : drawn_) {
        const auto judgement = errors.judge(task_.accepts);
        if (!judgement || judgement->passed) {
            continue;
        }
        const std::string& name = bindings_.front().outputs[output].name;
        const std::string_view found = tasks::to_string(judgement->error_class);
        evaluation_.error_class = found;
        return fail(store::Status::Incorrect,
                    {.stage = "check",
                     .check = "values",
                     .detail = fmt::format("output '{}': over {} values of all draws the median error is {:.2g}, no "
                                           "better than {}; {} has at most {:.2g}, and the task asks for it",
                                           name, judgement->values, judgement->median, found,
                                           tasks::to_string(task_.accepts), judgement->limit),
                     .hint = "keep sums and intermediate values in the precision that the task asks for",
                     .file = {},
                     .line = 0,
                     .workload = {},
                     .regime = {},
                     .values = {{"output", name},
                                {"median", judgement->median},
                                {"limit", judgement->limit},
                                {"total", judgement->values},
                                {"class", found}}});
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
    for (const std::size_t i : order_of(workloads, bindings_)) {
        if (!prepare(i, "check") || !check_workload(reference, i, *workloads[i]) || !release(i, "check")) {
            return false;
        }
    }
    return judge_drawn();
}

bool Attempt::time(Reference& reference, std::size_t workload, const std::string& workload_name) {
    if (!prepare(workload, "time")) {
        return false;
    }
    // Fresh inputs: those of the check have been seen by the candidate's kernels.
    const auto regime = verify::Regime::Normal;
    const Place place{workload_name, std::string(verify::to_string(regime))};
    verify::ChangingInputs inputs(bindings_[workload], key_, 1);
    verify::ChangingInputs baseline_inputs = inputs;
    if (auto written = runner_->write_inputs(prepared_, inputs.current(), copy_timeout); !written) {
        return fail(written.error(), "time", place);
    }

    // The baseline goes through the same, on its own drawing of changes.
    std::optional<RunFault> candidate_fault;
    std::optional<Error> harness_error;
    bool verdict_stands = false;
    std::uint8_t zone = 0, poison = 0;
    const auto verify_last = [&]() -> bool {
        const auto images = runner_->images(prepared_, copy_timeout);
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
    // A run whose host code decides takes longer than what of it counts: more than one in a sample gain little.
    unsigned runs = 1;
    const auto runs_of_candidate = [&] { return live_ ? 1U : runs; };
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
        const unsigned count = runs_of_candidate();
        double seconds = 0;
        const auto run = [&](unsigned some) {
            const auto taken = run_timed(workload, {zone, poison, false, inputs.next(some)}, some);
            if (taken) {
                seconds += *taken;
            } else {
                candidate_fault = taken.error();
            }
            return taken.has_value();
        };
        // What is looked at is the last run of a call, so a look divides the sample's runs.
        const unsigned look = random_look(count);
        if ((look > 0 && (!run(look) || !verify_last())) || (look < count && !run(count - look))) {
            return assay::fail("the candidate failed");
        }
        return seconds / count;
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
