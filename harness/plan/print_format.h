// printf of the interpreted host code: C's formats over its own memory, bounded.
#pragma once

#include <cstddef>
#include <string>

#include "plan/host_memory.h"

namespace assay::plan {

/// Formats like printf. The arguments lie one after the other at `arguments`, each at its natural alignment (CUDA C++
/// Programming Guide, formatted output). The result is cut at `longest` bytes, and so are widths and precisions. An
/// unreadable %s or argument list is the candidate's fault; %n is ignored.
[[nodiscard]] Checked<std::string> format_print(HostMemory& memory, Address format, Address arguments,
                                                std::size_t longest);

} // namespace assay::plan
