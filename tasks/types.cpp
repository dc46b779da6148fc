// The closed enumerations of a task and their names in definitions and results.
#include <algorithm>
#include <array>
#include <utility>

#include "tasks/task.h"

namespace assay::tasks {

namespace {

struct DTypeRow {
    DType dtype;
    std::string_view name;
    std::string_view c_type;
    std::uint64_t bytes;
    bool is_float;
};

constexpr std::array dtype_rows{
    DTypeRow{DType::Float64, "float64", "double", 8, true},
    DTypeRow{DType::Float32, "float32", "float", 4, true},
    DTypeRow{DType::Float16, "float16", "__half", 2, true},
    DTypeRow{DType::BFloat16, "bfloat16", "__nv_bfloat16", 2, true},
    DTypeRow{DType::Int64, "int64", "long long", 8, false},
    DTypeRow{DType::Int32, "int32", "int", 4, false},
    DTypeRow{DType::Int16, "int16", "short", 2, false},
    DTypeRow{DType::Int8, "int8", "signed char", 1, false},
    DTypeRow{DType::UInt8, "uint8", "unsigned char", 1, false},
    DTypeRow{DType::Bool, "bool", "bool", 1, false},
};

constexpr std::array error_class_rows{
    std::pair{ErrorClass::Exact, std::string_view("exact")}, std::pair{ErrorClass::Fp64, std::string_view("fp64")},
    std::pair{ErrorClass::Fp32, std::string_view("fp32")},   std::pair{ErrorClass::Tf32, std::string_view("tf32")},
    std::pair{ErrorClass::Fp16, std::string_view("fp16")},   std::pair{ErrorClass::Bf16, std::string_view("bf16")},
    std::pair{ErrorClass::Fp8, std::string_view("fp8")},     std::pair{ErrorClass::Wrong, std::string_view("wrong")},
};

constexpr std::array library_rows{
    std::pair{LibraryRule::Allow, std::string_view("allow")},
    std::pair{LibraryRule::Count, std::string_view("count")},
    std::pair{LibraryRule::Reject, std::string_view("reject")},
};

constexpr std::array use_rows{
    std::pair{Use::Check, std::string_view("check")},
    std::pair{Use::TimeVgpu, std::string_view("time:vgpu")},
    std::pair{Use::TimeGpu, std::string_view("time:gpu")},
};

/// Rows stand in the order of their enumerators, so that the enumerator is the index.
template <class Rows> constexpr bool in_order(const Rows& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& [value, name] = rows[i];
        if (static_cast<std::size_t>(value) != i) {
            return false;
        }
    }
    return true;
}
static_assert(in_order(error_class_rows) && in_order(library_rows) && in_order(use_rows));

template <class Rows> auto value_of(const Rows& rows, std::string_view name) -> std::optional<decltype(rows[0].first)> {
    const auto row = std::ranges::find(rows, name, [](const auto& entry) { return entry.second; });
    return row == rows.end() ? std::nullopt : std::optional(row->first);
}

const DTypeRow& row_of(DType dtype) {
    return *std::ranges::find(dtype_rows, dtype, &DTypeRow::dtype);
}

} // namespace

std::uint64_t bytes_of(DType dtype) {
    return row_of(dtype).bytes;
}

bool is_float(DType dtype) {
    return row_of(dtype).is_float;
}

std::string_view to_string(DType dtype) {
    return row_of(dtype).name;
}

std::string_view c_type(DType dtype) {
    return row_of(dtype).c_type;
}

std::optional<DType> dtype_from(std::string_view name) {
    const auto* const row = std::ranges::find(dtype_rows, name, &DTypeRow::name);
    return row == dtype_rows.end() ? std::nullopt : std::optional(row->dtype);
}

std::string_view to_string(ErrorClass error_class) {
    return error_class_rows[static_cast<std::size_t>(error_class)].second;
}

std::optional<ErrorClass> error_class_from(std::string_view name) {
    return value_of(error_class_rows, name);
}

std::string_view to_string(LibraryRule rule) {
    return library_rows[static_cast<std::size_t>(rule)].second;
}

std::optional<LibraryRule> library_rule_from(std::string_view name) {
    return value_of(library_rows, name);
}

std::string_view to_string(Use use) {
    return use_rows[static_cast<std::size_t>(use)].second;
}

std::optional<Use> use_from(std::string_view name) {
    return value_of(use_rows, name);
}

} // namespace assay::tasks
