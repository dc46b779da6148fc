// FlashInfer-Bench: definitions and workloads as tasks, solutions as candidates.
//
// The result is a root of its own, as `--root` takes: tasks/, reference/ (with a copy of the operator library),
// datasets/candidates/ and a suite. A definition becomes a task where its reference, which is Python, does what the
// operator library can; a CUDA solution becomes a folder with one source. What does not fit is a problem that names
// file and definition, and all else is imported.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "forms/kernelbench.h"

namespace assay::eval {

struct FlashInferImport {
    std::vector<std::string> tasks;      ///< names
    std::vector<std::string> candidates; ///< folders
    std::vector<std::string> notes;      ///< what is otherwise than in the files
    std::vector<Error> problems;         ///< what was left out; `where` is the file
};

/// Imports files (.json: a definition, a solution or a list of such; .jsonl: workloads, or any of these) and all such
/// files below folders. `root` has the schema and the operator library, `out` becomes a root or is one; no file there
/// is written over. An Error is a folder that cannot be written, or the harness's fault.
[[nodiscard]] Result<FlashInferImport> import_flashinfer(const std::vector<std::filesystem::path>& paths,
                                                         const std::filesystem::path& root,
                                                         const std::filesystem::path& out, forms::Importer& importer);

} // namespace assay::eval
