// Python files among candidates: from a KernelBench file to a CUDA source.
#pragma once

#include <filesystem>

#include "base/error.h"
#include "eval/candidate.h"
#include "forms/kernelbench.h"
#include "tasks/task.h"

namespace assay::eval {

/// The candidate as it is, or, if it is a Python file, with its CUDA source; what is wrong with the file is said in
/// `unusable`. `problems`: KernelBench's folder (`level1/1_Square_matrix_multiplication_.py`), where the task's own
/// file is looked up by its number; may be empty. An Error is the harness's fault.
[[nodiscard]] Result<Candidate> import_python(const Candidate& candidate, const tasks::Task& task,
                                              const std::filesystem::path& problems, forms::Importer& importer);

/// The same with the problem's text at hand, and with lines that are the result's own.
[[nodiscard]] Result<Candidate> import_python_text(const Candidate& candidate, const tasks::Task& task,
                                                   const std::string& problem, forms::Importer& importer);

} // namespace assay::eval
