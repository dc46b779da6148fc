// The soundness of tasks, for `assay tasks check`.
#pragma once

#include <vector>

#include "cli/command.h"

namespace assay::cli {

/// Checks tasks on `jobs` threads, prints a line for each and what is wrong with it, and returns the exit code. As
/// JSON:
/// {"task": name, "sound": true or false, "problems": [texts], "recorded": by an earlier check or not}.
[[nodiscard]] int check_tasks(std::vector<tasks::Task> tasks, const eval::Settings& settings, unsigned jobs, bool json);

} // namespace assay::cli
