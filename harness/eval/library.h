// The launches behind a plan's library operators.
//
// A candidate's host code may call operators of PyTorch (`x.sum(1)`). The recorder notes them (`plan/operator.h`); here
// each becomes the launches of the same operator of the reference library, `reference/ops`: a small program is written
// that calls it, compiled and recorded like any other, and its steps take the operator's place in the plan. So there is
// one definition of an operator, and a candidate is measured against the same kernels that it calls.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "compile/compiler.h"
#include "plan/planner.h"

namespace assay::eval {

/// How an operator is called: with `in0`, `in1`, ... for its tensors (as many of three as it has, the rest empty),
/// `out` for where the result goes, `n0`, ... for its numbers, T for the first tensor's type, R for the result's and A
/// for what T is added up in.
struct LibraryCall {
    std::string_view name, header, code; ///< the header of reference/ops, without its ending
};
[[nodiscard]] std::span<const LibraryCall> library_calls();

/// Whether the library has the operator.
[[nodiscard]] bool has_operator(const std::string& name);

/// Expands every operator of the recording's plans and adds the library's kernels to its PTX. `operators`: the folder
/// reference/ops. Without operators nothing is done.
[[nodiscard]] Result<> expand_operators(plan::Recording& recording, const std::filesystem::path& operators,
                                        const std::string& architecture, const plan::DeviceProperties& properties,
                                        compile::Compiler& compiler, plan::Planner& planner);

/// What a plan takes from libraries: the operators, and launches of CUB's and Thrust's kernels.
struct LibraryUse {
    std::string summary;    ///< "sum, matmul (2 times), cub::DeviceScanKernel"; empty for nothing
    std::uint32_t line = 0; ///< of the first in the candidate
};
[[nodiscard]] LibraryUse library_use(const plan::LaunchPlan& plan);

} // namespace assay::eval
