// NVRTC's log as data.
#pragma once

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

} // namespace assay::compile
