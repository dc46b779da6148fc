// A plan for people: what there is, then what happens, in aligned columns.
#include <fmt/format.h>

#include <algorithm>

#include "plan/argument_text.h"
#include "plan/names.h"
#include "plan/plan_json.h"

namespace assay::plan {

namespace {

using Dim3 = std::array<std::uint32_t, 3>;

std::string bytes_text(std::uint64_t bytes) {
    constexpr std::string_view units[] = {"KiB", "MiB", "GiB", "TiB"};
    if (bytes < 1024) {
        return fmt::format("{} bytes", bytes);
    }
    double size = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    for (; size >= 1024 && unit + 1 < std::size(units); ++unit) {
        size /= 1024;
    }
    return fmt::format("{:.4g} {}", size, units[unit]);
}

std::string dim_text(const Dim3& dim) {
    if (dim[2] != 1) {
        return fmt::format("{}x{}x{}", dim[0], dim[1], dim[2]);
    }
    return dim[1] != 1 ? fmt::format("{}x{}", dim[0], dim[1]) : fmt::format("{}", dim[0]);
}

/// "1 step", "2 steps"
std::string counted(std::uint64_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string line_text(std::uint32_t line) {
    return line == 0 ? "" : fmt::format("line {}", line);
}

struct StepText {
    std::uint32_t line = 0;
    std::string verb, what;
};

StepText describe(const LaunchPlan& plan, const Launch& launch) {
    std::string what =
        fmt::format("{} <<<{}, {}", demangle(launch.kernel), dim_text(launch.grid), dim_text(launch.block));
    if (launch.shared_bytes != 0) {
        what += fmt::format(", {} shared", launch.shared_bytes);
    }
    what += ">>>";
    if (launch.cluster != Dim3{1, 1, 1}) {
        what += fmt::format(" clusters of {}", dim_text(launch.cluster));
    }
    if (launch.cooperative) {
        what += " cooperative";
    }
    if (launch.stream != 0) {
        what += fmt::format(" stream {}", launch.stream);
    }
    return {launch.line, "launch", fmt::format("{} ({})", what, arguments_text(plan, launch))};
}

StepText describe(const LaunchPlan& plan, const Fill& fill) {
    return {fill.line, "fill",
            fmt::format("{}: {} x {} of {:#x}", pointer_text(plan, fill.destination), fill.count,
                        counted(fill.width, "byte"), fill.value)};
}

StepText describe(const LaunchPlan& plan, const Copy& copy) {
    return {copy.line, "copy",
            fmt::format("{} <- {}: {}", pointer_text(plan, copy.destination), pointer_text(plan, copy.source),
                        bytes_text(copy.bytes))};
}

StepText describe(const LaunchPlan& plan, const Upload& upload) {
    std::string pointers;
    if (!upload.relocations.empty()) {
        pointers = ", with " + counted(upload.relocations.size(), "pointer");
    }
    return {upload.line, "upload",
            fmt::format("{}: {}{}", pointer_text(plan, upload.destination), bytes_text(upload.data.size()), pointers)};
}

StepText describe(const LaunchPlan& plan, const Read& read) {
    return {read.line, "read", fmt::format("{}: {}", pointer_text(plan, read.source), bytes_text(read.bytes))};
}

} // namespace

std::string to_text(const LaunchPlan& plan) {
    constexpr std::string_view roles[] = {"input", "output", "scratch", "symbol"};
    std::string text =
        fmt::format("plan of {} / {}: {}, {}, {}\n", plan.task, plan.workload, counted(plan.buffers.size(), "buffer"),
                    counted(plan.steps.size(), "step"), counted(plan.host_steps, "host instruction"));
    if (is_data_dependent(plan)) {
        text += fmt::format("  depends on data: host code reads device memory back and then runs {}\n",
                            counted(plan.deciding_steps, "instruction"));
    }
    std::size_t width = 0;
    for (const Buffer& buffer : plan.buffers) {
        width = std::max(width, buffer.name.size());
    }
    for (std::size_t i = 0; i < plan.buffers.size(); ++i) {
        const Buffer& buffer = plan.buffers[i];
        text += fmt::format("  buffer {:<3} {:<7} {:<{}}  {}\n", i, roles[static_cast<std::size_t>(buffer.role)],
                            buffer.name, width, bytes_text(buffer.bytes));
    }
    auto operation = plan.operators.begin();
    const auto operators_before = [&](std::size_t step) {
        for (; operation != plan.operators.end() && operation->position <= step; ++operation) {
            text += fmt::format("  library    {:<9} {} ({})\n", line_text(operation->line), operation->name,
                                counted(operation->steps, "step"));
        }
    };
    for (std::size_t i = 0; i < plan.steps.size(); ++i) {
        operators_before(i);
        const StepText step = std::visit([&](const auto& value) { return describe(plan, value); }, plan.steps[i]);
        text += fmt::format("  step {:<5} {:<9} {:<7} {}\n", i, line_text(step.line), step.verb, step.what);
    }
    operators_before(plan.steps.size());
    for (const auto& [kernel, attribute] : plan.attributes) {
        text += fmt::format("  {} may have {} bytes of dynamic shared memory\n", demangle(kernel),
                            attribute.max_dynamic_shared);
    }
    if (!plan.printed.empty()) {
        text += fmt::format("  host code printed:\n{}{}", plan.printed, plan.printed.ends_with('\n') ? "" : "\n");
    }
    return text;
}

} // namespace assay::plan
