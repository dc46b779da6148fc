#include "cli/task_text.h"

#include <fmt/format.h>
#include <utility>

namespace assay::cli {

std::string signature(const tasks::Task& task) {
    std::string text = "extern \"C\" void solve(";
    const char* separator = "";
    for (const tasks::Tensor& input : task.inputs) {
        text += fmt::format("{}const {}* {}", std::exchange(separator, ", "), tasks::c_type(input.dtype), input.name);
    }
    for (const tasks::Tensor& output : task.outputs) {
        text += fmt::format("{}{}* {}", std::exchange(separator, ", "), tasks::c_type(output.dtype), output.name);
    }
    for (const tasks::Parameter& parameter : task.parameters) {
        text += fmt::format("{}{} {}", std::exchange(separator, ", "),
                            parameter.axis ? "int" : tasks::c_type(parameter.dtype), parameter.name);
    }
    return text + ")";
}

std::string values_of(const tasks::Workload& workload) {
    std::string values;
    for (const auto& [axis, value] : workload.values) {
        values += fmt::format("{}{}={}", values.empty() ? "" : " ", axis, value);
    }
    return values;
}

} // namespace assay::cli
