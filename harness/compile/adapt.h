// What NVRTC does not take of host code, written another way that means the same.
//
// Host code is compiled as device code, which has no exceptions, and no variables whose initializer has to run. Both
// are common in sources and matter little to what they launch: nothing is ever caught, because what is thrown ends the
// recording, and an initializer can be a function. Lines keep their numbers.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "compile/diagnostics.h"

namespace assay::compile {

/// Without byte order mark, `try`, `catch`, `throw;` and `throw()`.
[[nodiscard]] std::string adapted(const std::string& source);

/// What NVRTC said of a variable whose initializer has to run.
struct LateVariable {
    std::uint32_t line = 0;
    bool local = false; ///< a function's static
};
[[nodiscard]] std::vector<LateVariable> late_variables(const std::vector<Diagnostic>& diagnostics,
                                                       const std::string& file);

/// Those variables initialized by functions: a function's static at its first use, others by `__assay_initialize_LINE`,
/// which the recorder calls before the entry. The same text: there is none that can be written so.
[[nodiscard]] std::string with_late_variables(const std::string& source, const std::vector<LateVariable>& variables);

/// The headers that the source includes of PyTorch's folders and that are not among ours, each with a text that
/// includes all of PyTorch: it has several hundred.
[[nodiscard]] std::map<std::string, std::string> torch_headers(const std::string& source);

} // namespace assay::compile
