// A launch's arguments for people.
#pragma once

#include <string>

#include "plan/launch_plan.h"

namespace assay::plan {

/// "A, scratch0+4000, 1000, 0.5": the parameter block read by the kernel's demangled signature where its types are
/// plain, else as pointers and 4-byte words.
[[nodiscard]] std::string arguments_text(const LaunchPlan& plan, const Launch& launch);

/// "A", "A+16"
[[nodiscard]] std::string pointer_text(const LaunchPlan& plan, const Pointer& pointer);

} // namespace assay::plan
