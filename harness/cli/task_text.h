// A task in the words of CUDA: for `assay tasks show` and `assay prompt`.
#pragma once

#include <string>

#include "tasks/task.h"

namespace assay::cli {

/// `extern "C" void solve(const float* x, float* y, int n)`: what a candidate's entry looks like.
[[nodiscard]] std::string signature(const tasks::Task& task);

/// "n=1024 stride=2"
[[nodiscard]] std::string values_of(const tasks::Workload& workload);

} // namespace assay::cli
