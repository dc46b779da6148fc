// Which functions host code can call: the rows of `compile/headers/README.md`.
#pragma once

#include <string_view>

#include "plan/runtime.h"

namespace assay::plan {

/// A function that the recorder answers.
struct RuntimeFunction {
    std::string_view name;
    /// Result and parameters, one letter each, "i(pzi)": i is 4 bytes (int, enum), p and z are 8 (pointer, size,
    /// handle), d a dim3, v nothing.
    std::string_view prototype;
    Runtime::Answer answer;
};

/// A function that is declared for candidates and that no plan can hold.
struct RefusedFunction {
    std::string_view name;
    std::string_view hint;
};

[[nodiscard]] const RuntimeFunction* find_runtime_function(std::string_view name);
[[nodiscard]] const RefusedFunction* find_refused_function(std::string_view name);

/// Whether kernels may call it: the device's own library.
[[nodiscard]] bool is_device_library(std::string_view name);
/// Whether it launches a kernel.
[[nodiscard]] bool is_launch(std::string_view name);

/// The name as the source has it: "cudaMalloc" for "__cudaCDP2Malloc".
[[nodiscard]] std::string source_name(std::string_view name);

/// The bytes of a letter of a prototype.
[[nodiscard]] std::uint32_t prototype_bytes(char letter);

} // namespace assay::plan
