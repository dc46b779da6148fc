// A KernelBench module beside PyTorch itself: the module's own outputs, judged by the task like a candidate's.
//
// A task and the recording of a module are ours; what KernelBench means by a problem is its Model under PyTorch. Here
// PyTorch runs the module on inputs that were drawn for the task, in a Python of the user's, and its outputs are
// compared with the oracle within the task's tolerance. The Python has the user's rights: it is for files that one
// trusts.
#pragma once

#include <string>
#include <vector>

#include "eval/evaluator.h"
#include "forms/kernelbench.h"
#include "verify/compare.h"

namespace assay::eval {

/// One output of one workload.
struct TorchResult {
    std::string workload, output;
    verify::Comparison comparison;
};

struct TorchCheck {
    bool missing = false;       ///< that Python has no PyTorch
    bool no_gpu = false;        ///< the module builds an extension, and PyTorch has no GPU: it was not run
    std::string what;           ///< why there are no results
    std::uint32_t line = 0;     ///< of the file
    std::string version, place; ///< "2.5.1", "the CPU" or the GPU's name
    std::vector<TorchResult> results;
    [[nodiscard]] bool agrees() const;
};

/// Runs the class `file.module` of the file, which `imported` was made of, with the PyTorch of `python`, on the inputs
/// of each workload that an evaluation would check; the reference runs on the virtual GPU, or on `settings.device`. An
/// Error is the harness's fault, or that there is no such Python.
[[nodiscard]] Result<TorchCheck> check_with_torch(const forms::PythonFile& file, const forms::Imported& imported,
                                                  const tasks::Task& task, const std::string& python,
                                                  const Settings& settings);

} // namespace assay::eval
