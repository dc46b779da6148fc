// Options are where a candidate could reach out of its source: NVRTC has some that read files (-I, --pre-include),
// write them (--pch, --time) or change what our headers promise. So a candidate's options are matched against a list of
// what is known to be harmless, and everything else is refused.
#include "compile/options.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <regex>

#include "compile/headers.h"

namespace assay::compile {

namespace {

struct Allowed {
    const char* pattern;
    const char* shown;
};

constexpr std::array<Allowed, 7> allowed{{
    {"--?use_fast_math", "-use_fast_math"},
    {"--?(fmad|ftz|prec-div|prec-sqrt)=(true|false)", "-fmad=BOOL, -ftz=BOOL, -prec-div=BOOL, -prec-sqrt=BOOL"},
    {"--?maxrregcount=[0-9]{1,3}", "-maxrregcount=N"},
    {"--?extra-device-vectorization", "-extra-device-vectorization"},
    {"-std=c\\+\\+(17|20)", "-std=c++17"},
    {"-std=c\\+\\+(17|20)", "-std=c++20"},
    // No name that the compiler or our headers reserve, and no value that could be more than a number or a name.
    {"-D(?!__|ASSAY_)[A-Za-z_][A-Za-z0-9_]{0,63}(=[A-Za-z0-9_.+-]{0,64})?", "-DNAME[=VALUE]"},
}};

bool is_allowed(const std::string& option) {
    return std::ranges::any_of(
        allowed, [&](const Allowed& entry) { return std::regex_match(option, std::regex(entry.pattern)); });
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

/// True when the source uses the toolkit's C++ library, whose 64-bit integers are not Linux's: headers/std/cstdint.
bool uses_cuda_std(const std::string& source) {
    return std::ranges::any_of(
        std::array{"<cub/", "<cuda/", "<thrust/", "<curand", "cuda_pipeline", "cooperative_groups/memcpy_async"},
        [&](const char* part) { return source.find(part) != std::string::npos; });
}

} // namespace

Result<> check_options(const std::vector<std::string>& options) {
    for (const std::string& option : options) {
        if (!is_allowed(option)) {
            std::string list;
            for (const Allowed& entry : allowed) {
                list += (list.empty() ? "" : ", ") + std::string(entry.shown);
            }
            return fail(fmt::format("the compile option \"{}\" is not allowed", option), "options",
                        "allowed are " + list);
        }
    }
    return {};
}

std::vector<std::string> nvrtc_options(const Toolkit& toolkit, const Request& request) {
    std::vector<std::string> options{
        "-default-device",
        "-rdc=true",
        "-arch=" + request.architecture,
        fmt::format("-diag-suppress={}", quiet_warnings),
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
    if (uses_cuda_std(request.source)) {
        options.emplace_back("-DASSAY_CUDA_STD");
    }
    for (const auto& folder : toolkit.include) {
        options.push_back("-I" + folder.string());
    }
    options.insert(options.end(), request.options.begin(), request.options.end());
    return options;
}

} // namespace assay::compile
