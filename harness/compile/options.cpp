// Options are where a candidate could reach out of its source: NVRTC has some that read files (-I, --pre-include),
// write them (--pch, --time) or change what our headers promise. So a candidate's options are matched against a list of
// what is known to be harmless, and everything else is refused.
#include "compile/options.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string_view>

#include "compile/cub.h"
#include "compile/headers.h"

namespace assay::compile {

namespace {

constexpr std::string_view shown_list = "-use_fast_math, -fmad=BOOL, -ftz=BOOL, -prec-div=BOOL, -prec-sqrt=BOOL, "
                                        "-maxrregcount=N, -extra-device-vectorization, -std=c++17, -std=c++20, "
                                        "-DNAME[=VALUE]";

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_word(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// NAME or NAME=VALUE: no name that the compiler or our headers reserve, no value that is more than a number or a name.
bool is_allowed_macro(std::string_view macro) {
    constexpr std::size_t longest = 64;
    const auto equals = std::min(macro.find('='), macro.size());
    const std::string_view name = macro.substr(0, equals);
    const std::string_view value = macro.substr(std::min(equals + 1, macro.size()));
    return !name.empty() && name.size() <= longest && !is_digit(name.front()) && std::ranges::all_of(name, is_word) &&
           !name.starts_with("__") && !name.starts_with("ASSAY_") && value.size() <= longest &&
           std::ranges::all_of(value, [](char c) { return is_word(c) || c == '.' || c == '+' || c == '-'; });
}

bool is_allowed(std::string_view option) {
    if (option.starts_with("-D")) {
        return is_allowed_macro(option.substr(2));
    }
    if (option == "-std=c++17" || option == "-std=c++20") {
        return true;
    }
    option.remove_prefix(option.starts_with("--") ? 2 : option.starts_with("-") ? 1 : option.size());
    if (option == "use_fast_math" || option == "extra-device-vectorization") {
        return true;
    }
    const auto equals = std::min(option.find('='), option.size());
    const std::string_view name = option.substr(0, equals);
    const std::string_view value = option.substr(std::min(equals + 1, option.size()));
    if (name == "fmad" || name == "ftz" || name == "prec-div" || name == "prec-sqrt") {
        return value == "true" || value == "false";
    }
    return name == "maxrregcount" && !value.empty() && value.size() <= 3 && std::ranges::all_of(value, is_digit);
}

/// Warnings that say nothing about a kernel. Most come from host code that is compiled as device code.
constexpr const char* quiet_warnings = "47,"   // a macro is defined again
                                       "68,"   // an integer conversion changes the sign
                                       "111,"  // a statement is unreachable
                                       "128,"  // a loop is unreachable
                                       "177,"  // a variable or function is never referenced
                                       "186,"  // an unsigned value is compared with zero
                                       "550,"  // a variable is set and never used
                                       "815,"  // const on a return type
                                       "1215," // a deprecated entity
                                       "1444," // a deprecated entity
                                       "3012," // a volatile operand of a compound assignment, deprecated in C++20
                                       "20012,20013,20014," // execution spaces: there is only one
                                       "20054";             // a class with a constructor in shared memory

} // namespace

bool is_architecture(std::string_view name) {
    const bool is_virtual = name.starts_with("compute_");
    if (!is_virtual && !name.starts_with("sm_")) {
        return false;
    }
    name.remove_prefix(is_virtual ? 8 : 3);
    if (name.ends_with('a') || name.ends_with('f')) {
        name.remove_suffix(1);
    }
    return (name.size() == 2 || name.size() == 3) && std::ranges::all_of(name, is_digit);
}

Result<> check_options(const std::vector<std::string>& options) {
    for (const std::string& option : options) {
        if (!is_allowed(option)) {
            return fail(fmt::format("the compile option \"{}\" is not allowed", option), "options",
                        fmt::format("allowed are {}", shown_list));
        }
    }
    return {};
}

std::vector<std::string> nvrtc_options(const Toolkit& toolkit, const Request& request) {
    std::vector<std::string> options{
        "-default-device",
        "-device-int128", // as nvcc on Linux
        "-rdc=true",
        "-arch=" + request.architecture,
        fmt::format("-diag-suppress={}", quiet_warnings),
        // CUB's device-wide algorithms run where there is a host: compile/cub.h.
        "-DCCCL_DISABLE_NVRTC_COMPATIBILITY_CHECK",
        // Cooperative groups bring traits of their own; the toolkit's would take half a second.
        "-D_CG_LIMIT_INCLUDED_DEPENDENCIES",
        fmt::format("--pre-include={}", prelude_name),
    };
    // C++20 takes what C++17 does (nvcc's default), and more.
    if (std::ranges::none_of(request.options, [](const std::string& option) { return option.starts_with("-std="); })) {
        options.emplace_back("-std=c++20");
    }
    if (request.line_info) {
        options.emplace_back("-lineinfo");
    }
    if (!request.optimized) {
        options.emplace_back("--Ofast-compile=max");
    }
    if (uses_cuda_std(request.source)) {
        options.emplace_back("-DASSAY_CUDA_STD");
    }
    for (std::string& option : cub_options(request.source)) {
        options.push_back(std::move(option));
    }
    for (const auto& folder : toolkit.include) {
        options.push_back("-I" + folder.string());
    }
    options.insert(options.end(), request.options.begin(), request.options.end());
    return options;
}

} // namespace assay::compile
