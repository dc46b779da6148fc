// The planner's two sides: the supervisor, which keeps a server, and the server's children, which record.
//
// The interpreter is memory-safe by construction, but it reads what a candidate wrote; so it runs where a bug can harm
// one recording and a loop that its limits do not catch ends at the deadline.
#include "plan/planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "isa/decode.h"
#include "plan/checked.h"
#include "plan/protocol.h"
#include "plan/reach.h"
#include "plan/runtime_table.h"
#include "ptx/parser.h"
#include "sandbox/serve.h"
#include "sandbox/server.h"

namespace assay::plan {

namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr std::uint64_t address_space = 0; // the sanitizer reserves terabytes
#else
constexpr std::uint64_t address_space = 8ull << 30;
#endif

/// Of a plan in its reply; memory files count as files.
constexpr std::uint64_t reply_bytes = 1ull << 30;

/// A worker that died may do so again, for a candidate that broke it: twice is no accident.
constexpr int attempts = 2;

Outcome too_slow(std::chrono::milliseconds timeout) {
    PlanError error;
    error.kind = PlanError::Kind::Limit;
    error.what = fmt::format("host code runs longer than {} s", timeout.count() / 1000.0);
    error.hint = "computation belongs in kernels";
    return Outcome(std::unexpect, std::move(error));
}

PlanError rejection(const RuleFinding& finding) {
    PlanError error;
    error.kind = PlanError::Kind::Rejected;
    error.rule = finding.rule;
    error.what = finding.what;
    error.file = finding.file;
    error.line = finding.line;
    const auto& rules = static_rules();
    const auto rule = std::ranges::find(rules, finding.rule, &Rule::name);
    error.hint = rule == rules.end() ? "" : std::string(rule->why);
    return error;
}

/// Whether a candidate wrote some of the PTX itself: all of it, or inline assembly, which NVRTC passes on unread.
bool is_own(const RecordingRequest& request) {
    return !request.entry.launches.empty() || request.ptx.find("// begin inline asm") != request.ptx.npos;
}

/// PTX of a candidate's own is its fault; what NVRTC made of a source and cannot be read is ours.
Outcome unreadable(const Error& error) {
    PlanError fault;
    fault.call = "ptx";
    fault.what = error.where + ": " + error.what;
    fault.hint = error.hint;
    return Outcome(std::unexpect, std::move(fault));
}

/// What host code that reads back may launch is not known before it does: the kernels that can run on a device.
std::set<std::string> launchable(const isa::Program& program) {
    std::set<std::string> kernels;
    for (std::uint32_t i = 0; i < program.functions.size(); ++i) {
        const isa::Function& function = program.functions[i];
        if (function.entry && function.defined &&
            std::ranges::all_of(reach(program, i).functions, [&](std::uint32_t called) {
                return program.functions[called].defined || is_device_library(program.functions[called].name);
            })) {
            kernels.insert(function.name);
        }
    }
    return kernels;
}

/// One run of one binding, whose segments the supervisor runs. The static rules have been looked at before.
Outcome record_live(const isa::Program& program, const RecordingRequest& request) {
    const auto read_back = [](LaunchPlan segment) -> std::expected<std::vector<std::byte>, PlanError> {
        Recording part;
        part.plans.push_back(std::move(segment));
        auto answer = sandbox::ask(to_message(Outcome(std::move(part))));
        if (!answer || answer->blobs.size() != 1) {
            return refuse(answer ? "the answer is not one blob" : answer.error().to_string());
        }
        return std::move(answer->blobs[0]);
    };
    auto plan = record(program, request.entry, request.bindings.front(), request.device, request.limits, read_back);
    if (!plan) {
        return std::unexpected(std::move(plan.error()));
    }
    Recording last;
    last.plans.push_back(std::move(*plan));
    return last;
}

/// Whether a plan is one for this binding. A reply comes from a process that read what a candidate wrote.
bool fits(const LaunchPlan& plan, const tasks::Binding& binding) {
    const auto is_of = [](const Buffer& buffer, const std::vector<tasks::Binding::Tensor>& tensors) {
        return buffer.index < tensors.size() && buffer.bytes == tensors[buffer.index].bytes();
    };
    return std::ranges::all_of(plan.buffers, [&](const Buffer& buffer) {
        return (buffer.role != Buffer::Role::Input || is_of(buffer, binding.inputs)) &&
               (buffer.role != Buffer::Role::Output || is_of(buffer, binding.outputs));
    });
}

/// Everything for one candidate: parse, check, record each binding, cut out the device's part.
Result<Outcome> record_all(const RecordingRequest& request) {
    const bool own_ptx = is_own(request);
    auto module = ptx::parse(request.ptx, "candidate.ptx");
    if (!module) {
        return own_ptx ? Result<Outcome>(unreadable(module.error())) : std::unexpected(std::move(module.error()));
    }
    auto program = isa::decode(*module, "candidate.ptx");
    if (!program) {
        return own_ptx ? Result<Outcome>(unreadable(program.error())) : std::unexpected(std::move(program.error()));
    }
    if (request.live) {
        return record_live(*program, request);
    }
    if (auto broken = check_rules(*module, *program); !broken.empty()) {
        return Outcome(std::unexpect, std::move(broken.front()));
    }
    Recording recording;
    std::set<std::string> roots; // kernels, and the symbols that steps name
    std::set<std::string> launched;
    for (const tasks::Binding& binding : request.bindings) {
        auto plan = record(*program, request.entry, binding, request.device, request.limits);
        if (!plan) {
            return Outcome(std::unexpect, std::move(plan.error()));
        }
        for (const Step& step : plan->steps) {
            if (const auto* launch = std::get_if<Launch>(&step)) {
                roots.insert(launch->kernel);
                launched.insert(launch->kernel);
            }
        }
        for (const Buffer& buffer : plan->buffers) {
            if (buffer.role == Buffer::Role::Symbol) {
                roots.insert(buffer.name);
            }
        }
        recording.plans.push_back(std::move(*plan));
    }
    if (recording.data_dependent()) {
        launched.merge(launchable(*program));
        roots.insert(launched.begin(), launched.end());
    }
    const std::vector<std::string> kept(roots.begin(), roots.end());
    recording.rules = inspect(*program, {launched.begin(), launched.end()}, device_names(*module, kept));
    if (!recording.rules.empty() && recording.rules.front().severity == Severity::Reject) {
        return Outcome(std::unexpect, rejection(recording.rules.front()));
    }
    recording.device_ptx = device_module(*module, kept);
    return recording;
}

} // namespace

struct Planner::State {
    std::shared_ptr<sandbox::Server> server;
    std::optional<sandbox::Layers> layers;

    Result<sandbox::Worker> spawn() {
        if (!server || !server->alive()) {
            auto started = sandbox::Server::start("plan", {}, std::chrono::seconds(60));
            if (!started) {
                return std::unexpected(std::move(started.error()));
            }
            server = std::move(*started);
        }
        auto worker = server->spawn({.address_space = address_space, .file_bytes = reply_bytes});
        if (!worker) {
            server.reset();
        }
        return worker;
    }
};

Planner::Planner() : state_(std::make_unique<State>()) {}

Planner::~Planner() = default;

Result<std::expected<Recording, PlanError>> Planner::record(const std::string& ptx, const Entry& entry,
                                                            const std::vector<tasks::Binding>& bindings,
                                                            const DeviceProperties& device, const RecordLimits& limits,
                                                            std::chrono::milliseconds timeout) {
    const sandbox::Message request = to_message({ptx, entry, bindings, device, limits, false});
    std::string died;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        auto worker = state_->spawn();
        if (!worker) {
            died = worker.error().to_string();
            continue;
        }
        state_->layers = worker->layers();
        auto reply = worker->call(request, timeout);
        if (reply) {
            if (auto error = sandbox::reply_error(*reply)) {
                return std::unexpected(std::move(*error));
            }
            auto outcome = read_reply(*reply);
            if (outcome && *outcome && !std::ranges::equal((*outcome)->plans, bindings, fits)) {
                return fail("the recorder's plans are not those that were asked for", entry.name);
            }
            return outcome;
        }
        if (reply.error().kind == sandbox::CallError::Kind::Timeout) {
            return too_slow(timeout);
        }
        died = reply.error().to_string();
    }
    return fail("the recorder died: " + died, entry.name, "this is a fault of Assay's, not of the candidate's");
}

Result<LiveRecording> Planner::record_live(const Recordable& what, const tasks::Binding& binding) {
    auto worker = state_->spawn();
    if (!worker) {
        return std::unexpected(std::move(worker.error()));
    }
    return LiveRecording(std::move(*worker),
                         to_message(RecordingRequest{what.ptx, what.entry, {binding}, what.device, what.limits, true}),
                         binding);
}

Result<std::expected<LaunchPlan, PlanError>> LiveRecording::next(std::vector<std::byte> bytes,
                                                                 std::chrono::milliseconds timeout) {
    using Segment = std::expected<LaunchPlan, PlanError>;
    sandbox::Message message{nlohmann::json::object(), {std::move(bytes)}};
    if (request_) {
        message = std::move(*request_);
        request_.reset();
    }
    auto reply = worker_.call(message, timeout);
    if (!reply) {
        if (reply.error().kind == sandbox::CallError::Kind::Timeout) {
            return Segment(std::unexpect, std::move(too_slow(timeout).error()));
        }
        return fail("the recorder died: " + reply.error().to_string(), "live plan",
                    "this is a fault of Assay's, not of the candidate's");
    }
    if (auto error = sandbox::reply_error(*reply)) {
        return std::unexpected(std::move(*error));
    }
    auto outcome = read_reply(*reply);
    if (!outcome) {
        return std::unexpected(std::move(outcome.error()));
    }
    if (!*outcome) {
        return Segment(std::unexpect, std::move(outcome->error()));
    }
    if ((*outcome)->plans.size() != 1 || !fits((*outcome)->plans.front(), binding_)) {
        return fail("a segment of a live plan is not what was asked for", "recorder");
    }
    return std::move((*outcome)->plans.front());
}

const std::optional<sandbox::Layers>& Planner::layers() const {
    return state_->layers;
}

Result<sandbox::Layers> Planner::probe_layers() {
    auto worker = state_->spawn();
    if (!worker) {
        return std::unexpected(worker.error());
    }
    return worker->layers();
}

int plan_worker() {
    const auto handle = [](const sandbox::Message& message) -> Result<sandbox::Message> {
        auto request = read_request(message);
        if (!request) {
            return std::unexpected(std::move(request.error()));
        }
        auto outcome = record_all(*request);
        if (!outcome) {
            return std::unexpected(std::move(outcome.error()));
        }
        return to_message(*outcome);
    };
    return sandbox::serve_children({.policy = sandbox::plan_policy, .open = {}, .handle = handle});
}

} // namespace assay::plan
