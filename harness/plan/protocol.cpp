#include "plan/protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json.h"
#include "plan/json_reader.h"
#include "plan/plan_json.h"

namespace assay::plan {

namespace {

using nlohmann::json;
using sandbox::Bytes;
using Place = JsonReader::Place;

constexpr std::string_view kind_names[] = {"plan_error", "rejected", "limit", "launch_error", "read_back"};

Bytes to_bytes(std::string_view text) {
    const auto* data = reinterpret_cast<const std::byte*>(text.data());
    return {data, data + text.size()};
}

std::string_view to_text(const Bytes& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

json to_json(const std::vector<tasks::Binding::Tensor>& tensors) {
    json list = json::array();
    for (const auto& tensor : tensors) {
        list.push_back({{"name", tensor.name}, {"dtype", tasks::to_string(tensor.dtype)}, {"shape", tensor.shape}});
    }
    return list;
}

/// What recording needs of a binding: not how values are drawn.
json to_json(const tasks::Binding& binding) {
    json scalars = json::array();
    for (const auto& scalar : binding.scalars) {
        scalars.push_back({{"name", scalar.name},
                           {"axis", scalar.axis},
                           {"dtype", tasks::to_string(scalar.dtype)},
                           {"value", real_to_json(scalar.value)},
                           {"in_shape", scalar.in_shape}});
    }
    json fixed = json::array();
    for (const auto& [name, values] : binding.fixed) {
        json list = json::array();
        std::ranges::transform(values, std::back_inserter(list), real_to_json);
        fixed.push_back({{"name", name}, {"values", std::move(list)}});
    }
    return {{"task", binding.task},
            {"workload", binding.workload},
            {"inputs", to_json(binding.inputs)},
            {"outputs", to_json(binding.outputs)},
            {"scalars", std::move(scalars)},
            {"fixed", std::move(fixed)}};
}

class RequestReader {
public:
    Result<RecordingRequest> read(const sandbox::Message& message) {
        const Place top{&message.header, ""};
        RecordingRequest request;
        if (message.blobs.size() != 1) {
            in_.fail(top, "one blob is expected: the PTX");
        } else if (in_.object(top, {"entry", "arguments", "launches", "bindings", "device", "limits", "live"})) {
            request.ptx = to_text(message.blobs[0]);
            request.entry.name = in_.string(in_.member(top, "entry"));
            request.entry.launches = in_.string(in_.member(top, "launches"));
            for (const Place& place : in_.elements(in_.member(top, "arguments"))) {
                request.entry.arguments.push_back(in_.string(place));
            }
            for (const Place& place : in_.elements(in_.member(top, "bindings"))) {
                request.bindings.push_back(binding(place));
            }
            request.device = device(in_.member(top, "device"));
            request.limits = limits(in_.member(top, "limits"));
            request.live = in_.boolean(in_.member(top, "live"));
            if (request.live && request.bindings.size() != 1) {
                in_.fail(in_.member(top, "bindings"), "a live recording is of one binding");
            }
        }
        if (auto read = in_.result(); !read) {
            return std::unexpected(std::move(read.error()));
        }
        return request;
    }

private:
    tasks::DType dtype(const Place& place) {
        const std::string name = in_.string(place);
        const auto dtype = tasks::dtype_from(name);
        if (!dtype) {
            in_.fail(place, fmt::format("`{}` is no dtype", name));
        }
        return dtype.value_or(tasks::DType::Float32);
    }

    std::vector<tasks::Binding::Tensor> tensors(const Place& list) {
        std::vector<tasks::Binding::Tensor> result;
        for (const Place& place : in_.elements(list)) {
            tasks::Binding::Tensor& tensor = result.emplace_back();
            if (!in_.object(place, {"name", "dtype", "shape"})) {
                break;
            }
            tensor.name = in_.string(in_.member(place, "name"));
            tensor.dtype = dtype(in_.member(place, "dtype"));
            for (const Place& length : in_.elements(in_.member(place, "shape"))) {
                tensor.shape.push_back(static_cast<std::int64_t>(in_.number(length, INT64_MAX)));
            }
        }
        return result;
    }

    tasks::Binding binding(const Place& place) {
        tasks::Binding binding;
        if (!in_.object(place, {"task", "workload", "inputs", "outputs", "scalars", "fixed"})) {
            return binding;
        }
        binding.task = in_.string(in_.member(place, "task"));
        binding.workload = in_.string(in_.member(place, "workload"));
        binding.inputs = tensors(in_.member(place, "inputs"));
        binding.outputs = tensors(in_.member(place, "outputs"));
        for (const Place& element : in_.elements(in_.member(place, "scalars"))) {
            tasks::Binding::Scalar& scalar = binding.scalars.emplace_back();
            if (!in_.object(element, {"name", "axis", "dtype", "value", "in_shape"})) {
                break;
            }
            scalar.name = in_.string(in_.member(element, "name"));
            scalar.axis = in_.boolean(in_.member(element, "axis"));
            scalar.dtype = dtype(in_.member(element, "dtype"));
            scalar.value = in_.real(in_.member(element, "value"));
            scalar.in_shape = in_.boolean(in_.member(element, "in_shape"));
        }
        for (const Place& element : in_.elements(in_.member(place, "fixed"))) {
            if (!in_.object(element, {"name", "values"})) {
                break;
            }
            auto& values = binding.fixed[in_.string(in_.member(element, "name"))];
            for (const Place& value : in_.elements(in_.member(element, "values"))) {
                values.push_back(in_.real(value));
            }
        }
        return binding;
    }

    template <class T> void field(const Place& object, std::string_view key, T& value) {
        value = static_cast<T>(in_.number(in_.member(object, key), std::numeric_limits<T>::max()));
    }

    DeviceProperties device(const Place& place) {
        DeviceProperties p;
        if (in_.object(place, {"name", "compute_major", "compute_minor", "multiprocessors", "max_threads_per_block",
                               "max_threads_per_multiprocessor", "shared_per_block", "shared_optin",
                               "shared_per_multiprocessor", "memory_bytes", "l2_bytes"})) {
            p.name = in_.string(in_.member(place, "name"));
            field(place, "compute_major", p.compute_major);
            field(place, "compute_minor", p.compute_minor);
            field(place, "multiprocessors", p.multiprocessors);
            field(place, "max_threads_per_block", p.max_threads_per_block);
            field(place, "max_threads_per_multiprocessor", p.max_threads_per_multiprocessor);
            field(place, "shared_per_block", p.shared_per_block);
            field(place, "shared_optin", p.shared_optin);
            field(place, "shared_per_multiprocessor", p.shared_per_multiprocessor);
            field(place, "memory_bytes", p.memory_bytes);
            field(place, "l2_bytes", p.l2_bytes);
        }
        return p;
    }

    RecordLimits limits(const Place& place) {
        RecordLimits limits;
        if (in_.object(place,
                       {"steps", "memory", "call_depth", "device_memory", "plan_steps", "reads", "read_bytes"})) {
            field(place, "steps", limits.steps);
            field(place, "memory", limits.memory);
            field(place, "call_depth", limits.call_depth);
            field(place, "device_memory", limits.device_memory);
            field(place, "plan_steps", limits.plan_steps);
            field(place, "reads", limits.reads);
            field(place, "read_bytes", limits.read_bytes);
        }
        return limits;
    }

    JsonReader in_;
};

PlanError read_fault(JsonReader& in, const Place& place) {
    PlanError error;
    if (!in.object(place, {"kind", "rule", "what", "call", "file", "line", "hint"})) {
        return error;
    }
    const std::string kind = in.string(in.member(place, "kind"));
    const auto known = std::ranges::find(kind_names, kind);
    if (known == std::end(kind_names)) {
        in.fail(in.member(place, "kind"), fmt::format("`{}` is no kind of plan error", kind));
        return error;
    }
    error.kind = static_cast<PlanError::Kind>(known - std::begin(kind_names));
    error.rule = in.string(in.member(place, "rule"));
    error.what = in.string(in.member(place, "what"));
    error.call = in.string(in.member(place, "call"));
    error.file = in.string(in.member(place, "file"));
    error.line = static_cast<std::uint32_t>(in.number(in.member(place, "line"), UINT32_MAX));
    error.hint = in.string(in.member(place, "hint"));
    return error;
}

constexpr std::array severities{Severity::Note, Severity::Warning, Severity::Reject};

std::vector<RuleFinding> read_rules(JsonReader& in, const Place& list) {
    std::vector<RuleFinding> rules;
    for (const Place& place : in.elements(list)) {
        if (!in.object(place, {"rule", "severity", "kernel", "what", "file", "line"})) {
            break;
        }
        RuleFinding rule;
        rule.rule = in.string(in.member(place, "rule"));
        const std::string severity = in.string(in.member(place, "severity"));
        const auto* const known =
            std::ranges::find(severities, severity, [](Severity value) { return to_string(value); });
        if (known == severities.end()) {
            in.fail(in.member(place, "severity"), fmt::format("`{}` is no severity", severity));
            break;
        }
        rule.severity = *known;
        rule.kernel = in.string(in.member(place, "kernel"));
        rule.what = in.string(in.member(place, "what"));
        rule.file = in.string(in.member(place, "file"));
        rule.line = static_cast<std::uint32_t>(in.number(in.member(place, "line"), UINT32_MAX));
        rules.push_back(std::move(rule));
    }
    return rules;
}

} // namespace

sandbox::Message to_message(const RecordingRequest& request) {
    json bindings = json::array();
    for (const tasks::Binding& binding : request.bindings) {
        bindings.push_back(to_json(binding));
    }
    const DeviceProperties& p = request.device;
    const RecordLimits& l = request.limits;
    sandbox::Message message;
    message.header = {{"entry", request.entry.name},
                      {"arguments", request.entry.arguments},
                      {"launches", request.entry.launches},
                      {"bindings", std::move(bindings)},
                      {"device",
                       {{"name", p.name},
                        {"compute_major", p.compute_major},
                        {"compute_minor", p.compute_minor},
                        {"multiprocessors", p.multiprocessors},
                        {"max_threads_per_block", p.max_threads_per_block},
                        {"max_threads_per_multiprocessor", p.max_threads_per_multiprocessor},
                        {"shared_per_block", p.shared_per_block},
                        {"shared_optin", p.shared_optin},
                        {"shared_per_multiprocessor", p.shared_per_multiprocessor},
                        {"memory_bytes", p.memory_bytes},
                        {"l2_bytes", p.l2_bytes}}},
                      {"limits",
                       {{"steps", l.steps},
                        {"memory", l.memory},
                        {"call_depth", l.call_depth},
                        {"device_memory", l.device_memory},
                        {"plan_steps", l.plan_steps},
                        {"reads", l.reads},
                        {"read_bytes", l.read_bytes}}},
                      {"live", request.live}};
    message.blobs.push_back(to_bytes(request.ptx));
    return message;
}

Result<RecordingRequest> read_request(const sandbox::Message& message) {
    return RequestReader().read(message);
}

sandbox::Message to_message(const Outcome& outcome) {
    sandbox::Message message;
    message.header = json::object();
    if (!outcome) {
        const PlanError& error = outcome.error();
        message.header["fault"] = {{"kind", kind_names[static_cast<std::size_t>(error.kind)]},
                                   {"rule", error.rule},
                                   {"what", error.what},
                                   {"call", error.call},
                                   {"file", error.file},
                                   {"line", error.line},
                                   {"hint", error.hint}};
        return message;
    }
    json rules = json::array();
    for (const RuleFinding& rule : outcome->rules) {
        rules.push_back({{"rule", rule.rule},
                         {"severity", to_string(rule.severity)},
                         {"kernel", rule.kernel},
                         {"what", rule.what},
                         {"file", rule.file},
                         {"line", rule.line}});
    }
    message.header["rules"] = std::move(rules);
    message.blobs.push_back(to_bytes(outcome->device_ptx));
    for (const LaunchPlan& plan : outcome->plans) {
        message.blobs.push_back(to_bytes(to_json(plan).dump()));
    }
    return message;
}

Result<Outcome> read_reply(const sandbox::Message& message) {
    JsonReader in;
    const Place top{&message.header, ""};
    in.object(top, {}, {"fault", "rules"});
    if (in.has(top, "fault")) {
        PlanError error = read_fault(in, in.member(top, "fault"));
        if (auto read = in.result(); !read) {
            return std::unexpected(std::move(read.error()));
        }
        return Outcome(std::unexpect, std::move(error));
    }
    if (!in.failed() && message.blobs.empty()) {
        in.fail(top, "the device's PTX is missing");
    }
    if (auto read = in.result(); !read) {
        return std::unexpected(std::move(read.error()));
    }
    Recording recording;
    if (in.has(top, "rules")) {
        recording.rules = read_rules(in, in.member(top, "rules"));
        if (auto read = in.result(); !read) {
            return std::unexpected(std::move(read.error()));
        }
    }
    recording.device_ptx = to_text(message.blobs[0]);
    for (std::size_t i = 1; i < message.blobs.size(); ++i) {
        const auto parsed = parse_json(to_text(message.blobs[i]));
        if (!parsed) {
            return std::unexpected(parsed.error());
        }
        auto plan = from_json(*parsed);
        if (!plan) {
            return std::unexpected(std::move(plan.error()));
        }
        recording.plans.push_back(std::move(*plan));
    }
    return recording;
}

} // namespace assay::plan
