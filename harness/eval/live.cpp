#include "eval/live.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "eval/library.h"
#include "plan/plan_json.h"

namespace assay::eval {

namespace {

using Clock = std::chrono::steady_clock;

RunFault harness_fault(const Error& error) {
    return {store::Status::HarnessError, "live-plan", error.to_string(), error.hint, 0};
}

/// What is left of a run's time; each call gets all of it.
class Remaining {
public:
    explicit Remaining(Runner::Timeout deadline) : deadline_(deadline), end_(Clock::now() + deadline) {}

    [[nodiscard]] Runner::Timeout operator()() const {
        return std::max(std::chrono::duration_cast<Runner::Timeout>(end_ - Clock::now()), Runner::Timeout(1));
    }
    [[nodiscard]] bool spent() const { return Clock::now() >= end_; }
    [[nodiscard]] RunFault fault(std::size_t reads) const {
        return {store::Status::Timeout, "deadline",
                fmt::format("kernels and host code took turns {} times and were not done after {:.1f} s", reads + 1,
                            static_cast<double>(deadline_.count()) / 1e3),
                "look for a loop that waits for a value that never comes", 0};
    }

private:
    Runner::Timeout deadline_;
    Clock::time_point end_;
};

/// Numbers a segment's buffers as the whole plan has them: between the recorder's there are those of library operators.
class Numbering {
public:
    void apply(plan::LaunchPlan& segment, const std::vector<plan::Buffer>& known) {
        std::vector<plan::Buffer> buffers = known;
        auto scratch = static_cast<std::uint32_t>(std::ranges::count(buffers, Role::Scratch, &plan::Buffer::role));
        for (std::size_t i = 0; i < segment.buffers.size(); ++i) {
            plan::Buffer& buffer = segment.buffers[i];
            if (i < places_.size()) {
                if (buffer.role != buffers[places_[i]].role) { // scratch that became an output
                    buffers[places_[i]] = buffer;
                }
                continue;
            }
            if (buffer.role == Role::Scratch) {
                buffer.index = scratch;
                buffer.name = fmt::format("scratch{}", scratch++);
            }
            places_.push_back(static_cast<std::uint32_t>(buffers.size()));
            buffers.push_back(buffer);
        }
        const auto renumber = [&](plan::Pointer& pointer) { pointer.buffer = places_[pointer.buffer]; };
        for (plan::Step& step : segment.steps) {
            plan::for_each_pointer(step, renumber);
        }
        for (plan::Operator& operation : segment.operators) {
            for (plan::Operator::Operand& input : operation.inputs) {
                renumber(input.place);
            }
            renumber(operation.output.place);
        }
        segment.buffers = std::move(buffers);
    }

private:
    using Role = plan::Buffer::Role;
    std::vector<std::uint32_t> places_; ///< of the recorder's buffers
};

} // namespace

RunFault to_fault(const plan::PlanError& error) {
    RunFault fault{store::Status::PlanError, error.call.empty() ? "host-code" : error.call, error.what, error.hint,
                   error.line};
    switch (error.kind) {
    case plan::PlanError::Kind::PlanError:
    case plan::PlanError::Kind::ReadBack:
        break;
    case plan::PlanError::Kind::Rejected:
        fault.status = store::Status::Rejected;
        fault.check = error.rule;
        break;
    case plan::PlanError::Kind::Limit:
        fault.status = store::Status::ResourceLimit;
        fault.check = "host-limits";
        break;
    case plan::PlanError::Kind::LaunchError:
        fault.status = store::Status::LaunchError;
        fault.check = "launch";
        if (fault.hint.empty()) {
            fault.hint = "no device launches this: change the grid, the block or the shared memory";
        }
        break;
    }
    return fault;
}

LiveProgram::LiveProgram(Tools tools, plan::Recordable recordable, const std::string& device_ptx)
    : tools_(std::move(tools)), recordable_(std::move(recordable)) {
    constexpr std::string_view last = ".address_size 64";
    const std::size_t end = device_ptx.find(last);
    module_head_ = end == std::string::npos ? "" : device_ptx.substr(0, end + last.size()) + "\n";
}

RunResult<const LiveProgram::Expansion*> LiveProgram::expansion(Runner& runner, const plan::LaunchPlan& segment,
                                                                Runner::Timeout timeout) {
    plan::Recording recording;
    recording.device_ptx = module_head_;
    plan::LaunchPlan& plan = recording.plans.emplace_back();
    plan.buffers = segment.buffers;
    plan.operators = segment.operators;
    plan.steps.resize(segment.steps.size());
    const auto [place, made] = expansions_.try_emplace(plan::to_json(plan).dump());
    if (!made) {
        return &place->second;
    }
    const auto expanded = expand_operators(recording, tools_.operators, tools_.architecture, recordable_.device,
                                           tools_.compiler, tools_.planner);
    if (!expanded) {
        return std::unexpected(harness_fault(expanded.error()));
    }
    place->second.plan = std::move(plan);
    const auto [loaded, fresh] = loaded_.try_emplace(recording.device_ptx);
    if (fresh) {
        const auto module = runner.load(recording.device_ptx, timeout);
        if (!module) {
            return std::unexpected(module.error());
        }
        loaded->second = *module;
    }
    place->second.module = loaded->second;
    return &place->second;
}

RunResult<void> LiveProgram::expand(Runner& runner, plan::LaunchPlan& segment, std::vector<std::uint32_t>& modules,
                                    Runner::Timeout timeout) {
    if (segment.operators.empty()) {
        return {};
    }
    const auto found = expansion(runner, segment, timeout);
    if (!found) {
        return std::unexpected(found.error());
    }
    plan::LaunchPlan plan = (*found)->plan;
    auto own = segment.steps.begin();
    auto operation = plan.operators.begin();
    for (std::size_t i = 0; i < plan.steps.size();) {
        if (operation != plan.operators.end() && operation->position == i) {
            i += operation++->steps;
        } else {
            plan.steps[i++] = std::move(*own++);
        }
    }
    plan.attributes.insert(segment.attributes.begin(), segment.attributes.end());
    segment.attributes = std::move(plan.attributes);
    segment.buffers = std::move(plan.buffers);
    segment.operators = std::move(plan.operators);
    segment.steps = std::move(plan.steps);
    if (std::ranges::find(modules, (*found)->module) == modules.end()) {
        modules.push_back((*found)->module);
    }
    return {};
}

RunResult<LiveRun> LiveProgram::run(Runner& runner, std::uint32_t module, std::uint32_t prepared,
                                    const tasks::Binding& binding, const LiveSetup& setup, Runner::Timeout deadline) {
    auto recording = tools_.planner.record_live(recordable_, binding);
    if (!recording) {
        return std::unexpected(harness_fault(recording.error()));
    }
    if (auto started = runner.restart(prepared, setup.zone, setup.poison, setup.adverse, setup.changes, deadline);
        !started) {
        return std::unexpected(started.error());
    }
    const Remaining remaining(deadline);
    LiveRun run;
    Numbering numbering;
    std::vector<std::uint32_t> modules{module};
    Bytes bytes;
    for (std::size_t reads = 0;; ++reads) {
        auto recorded = recording->next(std::move(bytes), remaining());
        if (!recorded) {
            return std::unexpected(harness_fault(recorded.error()));
        }
        if (remaining.spent()) {
            return std::unexpected(remaining.fault(reads));
        }
        if (!*recorded) {
            return std::unexpected(to_fault(recorded->error()));
        }
        plan::LaunchPlan segment = std::move(**recorded);
        numbering.apply(segment, run.plan.buffers);
        if (auto expanded = expand(runner, segment, modules, deadline); !expanded) {
            return std::unexpected(expanded.error());
        }
        auto done = runner.extend(prepared, modules, segment, reads == 0, remaining());
        if (!done) {
            return std::unexpected(remaining.spent() ? remaining.fault(reads) : done.error());
        }
        run.seconds += done->seconds;
        const bool goes_on = plan::ends_in_read(segment);
        plan::append(run.plan, std::move(segment));
        if (!goes_on) {
            run.seconds += static_cast<double>(run.plan.deciding_steps) * host_instruction;
            return run;
        }
        bytes = std::move(done->read);
    }
}

} // namespace assay::eval
