// The launches behind a plan's library operators.
//
// A candidate's host code may call operators of PyTorch (`x.sum(1)`). The recorder notes them (`plan/operator.h`); here
// each becomes the launches of the same operator of the reference library, `reference/ops`: a small program is written
// that calls it, compiled and recorded like any other, and its steps take the operator's place in the plan. So there is
// one definition of an operator, and a candidate is measured against the same kernels that it calls.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "compile/compiler.h"
#include "plan/planner.h"

namespace assay::eval {

/// Whether the library has the operator.
[[nodiscard]] bool has_operator(const std::string& name);

/// Expands every operator of the recording's plans and adds the library's kernels to its PTX. `operators`: the folder
/// reference/ops. Without operators nothing is done.
[[nodiscard]] Result<> expand_operators(plan::Recording& recording, const std::filesystem::path& operators,
                                        const std::string& architecture, const plan::DeviceProperties& properties,
                                        compile::Compiler& compiler, plan::Planner& planner);

/// "sum, matmul (2 times)": what the plan takes from the library; empty for nothing.
[[nodiscard]] std::string library_summary(const plan::LaunchPlan& plan);

} // namespace assay::eval
