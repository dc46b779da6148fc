// The recorder's entry: finds the function, binds its arguments, runs it and hands the plan over.
#include "plan/record.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <optional>

#include "plan/checked.h"
#include "plan/device_space.h"
#include "plan/host_memory.h"
#include "plan/launch_list.h"
#include "plan/machine.h"
#include "plan/names.h"
#include "plan/runtime.h"
#include "plan/signature.h"
#include "plan/torch_match.h"
#include "sandbox/text.h"

namespace assay::plan {

namespace {

constexpr std::size_t longest_list = 12;
constexpr std::size_t printed_in_error = 400;
constexpr std::size_t longest_text = 1 << 20; ///< beyond what the runtime lets through

constexpr std::string_view usual_entries[] = {"solve", "solution"}; ///< LeetGPU's, Tensara's
constexpr std::string_view torch_module = "__assay_module"; ///< how the modules of headers/assay/torch/module.h begin
constexpr std::string_view torch_implementations = "__assay_module_library_impl_";

std::optional<std::uint32_t> find_host_function(const isa::Program& program, std::string_view name) {
    const auto found = program.function_index.find(std::string(name));
    if (found == program.function_index.end()) {
        return std::nullopt;
    }
    const isa::Function& function = program.functions[found->second];
    return function.defined && !function.entry ? std::optional(found->second) : std::nullopt;
}

/// The one host function of that name with C++ linkage, where a source forgot `extern "C"`.
std::optional<std::uint32_t> find_mangled_function(const isa::Program& program, std::string_view name) {
    std::optional<std::uint32_t> found;
    for (std::uint32_t index = 0; index < program.functions.size(); ++index) {
        const isa::Function& function = program.functions[index];
        if (function.defined && !function.entry && demangle(function.name).starts_with(fmt::format("{}(", name))) {
            if (found) {
                return std::nullopt;
            }
            found = index;
        }
    }
    return found;
}

/// Why there is no entry: a kernel of that name, several functions, or what there is instead.
PlanError no_entry(const isa::Program& program, const std::string& given, const tasks::Binding& binding) {
    const std::string entry = given.empty() ? std::string(usual_entries[0]) : given;
    const std::string wanted = fmt::format("extern \"C\" void {}({})", entry, expected_parameters(binding));
    const auto error = [](std::string what, std::string hint) {
        return refuse(std::move(what), std::move(hint)).error();
    };
    std::vector<std::string> others;
    std::size_t left_out = 0;
    for (const isa::Function& function : program.functions) {
        if (!function.defined) {
            continue;
        }
        const std::string name = demangle(function.name);
        if (function.entry && function.name == entry) {
            return error(fmt::format("`{}` is a kernel; the entry is a host function that launches kernels", entry),
                         wanted);
        }
        if (name.starts_with(entry + "(")) {
            return error(fmt::format("there are several functions `{}`, and none with C linkage", entry),
                         "declare one: " + wanted);
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
    return error(fmt::format("there is no function `{}`; the source has {}", entry, list), "write: " + wanted);
}

RecordLimits with_reads_for(const tasks::Binding& binding, RecordLimits limits) {
    limits.read_bytes = std::min(limits.read_bytes, deciding_bytes(binding));
    return limits;
}

/// One recording: the memory, the device and the interpreter, and how an entry is called.
class Recorder {
public:
    Recorder(const isa::Program& program, const tasks::Binding& binding, const DeviceProperties& properties,
             const RecordLimits& limits, const ReadBack& read_back)
        : program_(program), binding_(binding), memory_(program, limits.memory), device_(limits.device_memory),
          runtime_(program, memory_, device_, properties, with_reads_for(binding, limits), [this] { return ask(); }),
          machine_(program, memory_, limits,
                   [this](const isa::Function& callee, HostCall& call) {
                       return runtime_.call(callee, call, machine_.line());
                   }),
          read_back_(read_back) {}

    Checked<> run(const Entry& entry) {
        if (!entry.launches.empty()) {
            return run_launches(entry.launches);
        }
        if (auto done = initialize_variables(); !done) {
            return done;
        }
        if (entry.name.empty()) {
            for (const std::string_view name : usual_entries) {
                if (const auto function = find_host_function(program_, name)) {
                    return run_function(*function, entry.arguments);
                }
            }
        } else if (const auto function = find_host_function(program_, entry.name)) {
            return run_function(*function, entry.arguments);
        }
        if (const auto modules = functions_named(torch_module); !modules.empty()) {
            return run_module(modules, entry);
        }
        for (const std::string_view name : usual_entries) {
            const std::string_view wanted = entry.name.empty() ? name : std::string_view(entry.name);
            if (const auto function = find_mangled_function(program_, wanted)) {
                return run_function(*function, entry.arguments);
            }
        }
        return std::unexpected(no_entry(program_, entry.name, binding_));
    }

    LaunchPlan take_plan() {
        LaunchPlan plan = runtime_.take_plan();
        plan.printed = sandbox::clean_text(plan.printed, longest_text);
        plan.task = binding_.task;
        plan.workload = binding_.workload;
        plan.buffers = device_.buffers();
        plan.host_steps = machine_.steps();
        plan.deciding_steps = first_read_ ? machine_.steps() + runtime_.work_done() - *first_read_ : 0;
        return plan;
    }

    [[nodiscard]] const std::string& printed() const { return runtime_.printed(); }

private:
    /// What the Read that the plan ends with gives.
    Checked<std::vector<std::byte>> ask() {
        if (!bound_) {
            return refuse("the module's definition reads device memory", "only the task's function has inputs");
        }
        if (!read_back_) {
            return refuse(PlanError::Kind::ReadBack, "host code copies device memory to the host");
        }
        first_read_ = first_read_.value_or(machine_.steps() + runtime_.work_done());
        return read_back_(take_plan());
    }

    /// What C++ does before main, in the order of the lines: see compile/adapt.h.
    Checked<> initialize_variables() {
        for (const auto& [name, function] : functions_named("__assay_initialize_")) {
            if (auto done = machine_.run(function, {}); !done) {
                return done;
            }
        }
        return {};
    }

    /// Host functions without parameters whose names begin so, by name.
    [[nodiscard]] std::map<std::string_view, std::uint32_t> functions_named(std::string_view begin) const {
        std::map<std::string_view, std::uint32_t> found;
        for (std::uint32_t index = 0; index < program_.functions.size(); ++index) {
            const isa::Function& function = program_.functions[index];
            if (function.defined && !function.entry && function.parameters.empty() &&
                function.name.starts_with(begin)) {
                found.emplace(function.name, index);
            }
        }
        return found;
    }

    Checked<> run_launches(const std::string& text) {
        const auto list = read_launches(nlohmann::json::parse(text, nullptr, false));
        if (!list) {
            return refuse("candidate.json" + list.error().where + ": " + list.error().what, list.error().hint);
        }
        return record_launches(*list, program_, binding_, device_, runtime_);
    }

    Checked<> run_function(std::uint32_t function, const std::vector<std::string>& order) {
        auto arguments = bind_arguments(program_.functions[function], binding_, order, device_);
        if (!arguments) {
            PlanError& error = arguments.error();
            const isa::Source& source = program_.functions[function].source;
            error.file = file_name(program_, source.file);
            error.line = source.line;
            return std::unexpected(std::move(error));
        }
        bound_ = true;
        return machine_.run(function, *arguments);
    }

    /// A PyTorch extension: its module names functions; one of them is called through its thunk.
    Checked<> run_module(const std::map<std::string_view, std::uint32_t>& modules, const Entry& entry) {
        for (const bool of_implementations : {false, true}) { // schemas first
            for (const auto& [name, module] : modules) {
                // TORCH_LIBRARY_IMPL's for other devices than this one.
                const bool elsewhere =
                    std::ranges::any_of(std::array{"_CPU", "_Meta", "_Autograd", "_AutogradCPU", "_AutogradCUDA"},
                                        [&name](const char* key) { return name.ends_with(key); });
                if (elsewhere || name.starts_with(torch_implementations) != of_implementations) {
                    continue;
                }
                if (auto done = machine_.run(module, {}); !done) {
                    return done;
                }
            }
        }
        Torch& torch = runtime_.torch();
        auto function = choose_function(torch.functions(), entry.name, binding_);
        if (!function) {
            return std::unexpected(std::move(function.error()));
        }
        auto match = match_arguments(*function, binding_, entry.arguments, torch, device_);
        if (!match) {
            return std::unexpected(std::move(match.error()));
        }
        const auto thunk = function_at(function->thunk);
        if (!thunk || *thunk >= program_.functions.size() || !program_.functions[*thunk].defined ||
            program_.functions[*thunk].parameters.size() != 1) {
            return refuse(fmt::format("`{}` was not defined by m.def", function->name));
        }
        bound_ = true;
        torch.pass(std::move(match->arguments));
        std::vector<std::byte> address(sizeof function->function);
        std::memcpy(address.data(), &function->function, address.size());
        if (auto done = machine_.run(*thunk, {{address}}); !done) {
            return done;
        }
        return match->outputs_passed ? Checked<>() : torch.deliver(binding_.outputs);
    }

    const isa::Program& program_;
    const tasks::Binding& binding_;
    HostMemory memory_;
    DeviceSpace device_;
    Runtime runtime_;
    Machine machine_;
    const ReadBack& read_back_;
    bool bound_ = false;                      ///< the arguments are: inputs and outputs are buffers
    std::optional<std::uint64_t> first_read_; ///< what the host had done before it
};

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

std::uint64_t deciding_bytes(const tasks::Binding& binding) {
    constexpr std::uint64_t least = 16 << 10, share = 16;
    std::uint64_t inputs = 0;
    for (const tasks::Binding::Tensor& input : binding.inputs) {
        inputs += input.bytes();
    }
    return std::max(least, inputs / share);
}

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

std::expected<LaunchPlan, PlanError> record(const isa::Program& program, const Entry& entry,
                                            const tasks::Binding& binding, const DeviceProperties& properties,
                                            const RecordLimits& limits, const ReadBack& read_back) {
    Recorder recorder(program, binding, properties, limits, read_back);
    if (auto done = recorder.run(entry); !done && done.error().kind != PlanError::Kind::ReadBack) {
        add_printed(done.error(), recorder.printed());
        return cleaned(std::move(done.error()));
    }
    return recorder.take_plan();
}

} // namespace assay::plan
