// NVRTC's log as data.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "compile/compiler.h"

namespace assay::compile {

struct ParsedLog {
    std::vector<Diagnostic> diagnostics;
    std::string log; ///< the log without the text of files that are nobody's business
};

/// Reads NVRTC's log. It quotes the line of the source that a message is about; where `may_quote` says that the file is
/// not one a candidate may see (NVRTC opens any that it is told to include), the quotation and message are left out.
[[nodiscard]] ParsedLog parse_log(std::string_view log, const std::function<bool(std::string_view)>& may_quote);

/// The line of `file` that a diagnostic is about, or on which the instantiation began that it is about; 0: none.
[[nodiscard]] std::uint32_t line_in(const Diagnostic& diagnostic, std::string_view file);

/// "header.h:20: message", without the instantiations that led from `file` to a header and with long lines cut: one of
/// CUB's fills pages, of which `file` is the last word.
[[nodiscard]] std::string brief(const Diagnostic& diagnostic, std::string_view file);

} // namespace assay::compile
