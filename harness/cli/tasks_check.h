// The soundness of tasks, for `assay tasks check`.
#pragma once

#include <vector>

#include "cli/command.h"

namespace assay::cli {

/// Checks tasks on `jobs` threads, prints a line for each and what is wrong with it, and returns the exit code.
[[nodiscard]] int check_tasks(std::vector<tasks::Task> tasks, const eval::Settings& settings, unsigned jobs);

} // namespace assay::cli
