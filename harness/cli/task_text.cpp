#include "cli/task_text.h"

#include <fmt/format.h>
#include <utility>

namespace assay::cli {

namespace {

/// `const float* x` for an input, `float* y` for an output.
std::string c_type(tasks::DType dtype) {
    switch (dtype) {
    case tasks::DType::Float64:
        return "double";
    case tasks::DType::Float32:
        return "float";
    case tasks::DType::Float16:
        return "__half";
    case tasks::DType::BFloat16:
        return "__nv_bfloat16";
    case tasks::DType::Int64:
        return "long long";
    case tasks::DType::Int32:
        return "int";
    case tasks::DType::Int16:
        return "short";
    case tasks::DType::Int8:
        return "signed char";
    case tasks::DType::UInt8:
        return "unsigned char";
    case tasks::DType::Bool:
        return "bool";
    }
    return "void";
}

} // namespace

std::string signature(const tasks::Task& task) {
    std::string text = "extern \"C\" void solve(";
    const char* separator = "";
    for (const tasks::Tensor& input : task.inputs) {
        text += fmt::format("{}const {}* {}", std::exchange(separator, ", "), c_type(input.dtype), input.name);
    }
    for (const tasks::Tensor& output : task.outputs) {
        text += fmt::format("{}{}* {}", std::exchange(separator, ", "), c_type(output.dtype), output.name);
    }
    for (const tasks::Parameter& parameter : task.parameters) {
        text += fmt::format("{}{} {}", std::exchange(separator, ", "), parameter.axis ? "int" : c_type(parameter.dtype),
                            parameter.name);
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
