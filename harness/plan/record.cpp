// The recorder's entry: finds the function, binds its arguments, runs it and hands the plan over.
#include "plan/record.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "plan/checked.h"
#include "plan/device_space.h"
#include "plan/host_memory.h"
#include "plan/machine.h"
#include "plan/names.h"
#include "plan/runtime.h"
#include "plan/signature.h"
#include "sandbox/text.h"

namespace assay::plan {

namespace {

constexpr std::size_t longest_list = 12;
constexpr std::size_t printed_in_error = 400;
constexpr std::size_t longest_text = 1 << 20; ///< beyond what the runtime lets through

/// Finds the entry, or says what there is instead.
Checked<std::uint32_t> find_entry(const isa::Program& program, const std::string& entry,
                                  const tasks::Binding& binding) {
    const std::string wanted = fmt::format("extern \"C\" void {}({})", entry, expected_parameters(binding));
    const auto found = program.function_index.find(entry);
    if (found != program.function_index.end() && program.functions[found->second].defined) {
        if (program.functions[found->second].entry) {
            return refuse(fmt::format("`{}` is a kernel; the entry is a host function that launches kernels", entry),
                          wanted);
        }
        return found->second;
    }
    std::vector<std::string> others;
    std::size_t left_out = 0;
    for (const isa::Function& function : program.functions) {
        if (!function.defined) {
            continue;
        }
        const std::string name = demangle(function.name);
        if (name.starts_with(entry + "(")) {
            return refuse(fmt::format("`{}` has C++ linkage, so its name is `{}`", name, function.name),
                          "declare it: " + wanted);
        }
        if (others.size() < longest_list) {
            others.push_back((function.entry ? "kernel " : "function ") + name);
        } else {
            ++left_out;
        }
    }
    std::string list = others.empty() ? "no function at all" : fmt::format("{}", fmt::join(others, "; "));
    if (left_out > 0) {
        list += fmt::format("; and {} more", left_out);
    }
    return refuse(fmt::format("there is no function `{}`; the source has {}", entry, list), "write: " + wanted);
}

/// Host code that stopped by itself has often said why.
void add_printed(PlanError& error, const std::string& printed) {
    if (printed.empty() || error.kind != PlanError::Kind::PlanError) {
        return;
    }
    const bool stopped = error.call == "exit" || error.call == "abort" || error.call == "throw" ||
                         error.call == "assert" || error.call.empty();
    if (stopped) {
        const std::size_t start = printed.size() > printed_in_error ? printed.size() - printed_in_error : 0;
        const std::size_t end = printed.find_last_not_of('\n') + 1;
        error.hint += fmt::format("{}it had printed: {}", error.hint.empty() ? "" : "; ",
                                  printed.substr(start, end > start ? end - start : 0));
    }
}

/// Names and messages come from the candidate.
std::unexpected<PlanError> cleaned(PlanError error) {
    for (std::string* text : {&error.what, &error.call, &error.file, &error.hint}) {
        *text = sandbox::clean_text(*text, longest_text);
    }
    return std::unexpected(std::move(error));
}

} // namespace

std::string PlanError::to_string() const {
    std::string text;
    if (!file.empty() || line != 0) {
        text += line == 0 ? file + ": " : fmt::format("{}:{}: ", file, line);
    }
    if (!call.empty() && what.find(call) == std::string::npos) {
        text += call + ": ";
    }
    text += what;
    if (!rule.empty()) {
        text += fmt::format(" [{}]", rule);
    }
    if (!hint.empty()) {
        text += fmt::format(" ({})", hint);
    }
    return text;
}

std::expected<LaunchPlan, PlanError> record(const isa::Program& program, const std::string& entry,
                                            const tasks::Binding& binding, const DeviceProperties& properties,
                                            const RecordLimits& limits) {
    auto function = find_entry(program, entry, binding);
    if (!function) {
        return cleaned(std::move(function.error()));
    }
    HostMemory memory(program, limits.memory);
    DeviceSpace device(limits.device_memory);
    auto arguments = bind_arguments(program.functions[*function], binding, device);
    if (!arguments) {
        PlanError& error = arguments.error();
        const isa::Source& source = program.functions[*function].source;
        error.file = file_name(program, source.file);
        error.line = source.line;
        return cleaned(std::move(error));
    }
    Runtime runtime(program, memory, device, properties, limits);
    Machine machine(program, memory, limits, [&](const isa::Function& callee, HostCall& call) {
        return runtime.call(callee, call, machine.line());
    });
    if (auto done = machine.run(*function, *arguments); !done) {
        add_printed(done.error(), runtime.printed());
        return cleaned(std::move(done.error()));
    }
    LaunchPlan plan = runtime.take_plan();
    plan.printed = sandbox::clean_text(plan.printed, longest_text);
    plan.task = binding.task;
    plan.workload = binding.workload;
    plan.buffers = device.buffers();
    plan.host_steps = machine.steps();
    return plan;
}

} // namespace assay::plan
