// Another program, run with this one's standard streams.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace assay {

/// Runs it and waits for its end: its exit status, or 128 + the number of the signal that ended it. `command`: the
/// program, looked up in PATH, and its arguments. An Error: it could not be started.
[[nodiscard]] Result<int> run_program(std::vector<std::string> command);

} // namespace assay
