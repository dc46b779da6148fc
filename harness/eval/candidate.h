// A candidate as its author wrote it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "plan/record.h"

namespace assay::eval {

struct Candidate {
    std::string name;
    std::filesystem::path path; ///< of the source
    std::string source;
    plan::Entry entry;                ///< where host code begins, and what it takes; empty: found by its usual names
    std::string author;               ///< or the model; may be empty
    std::string task;                 ///< if candidate.json names one
    std::vector<std::string> options; ///< compile options, checked against the allow-list
    std::string hash;                 ///< of source, entry and options
};

inline constexpr std::size_t max_source_bytes = 1 << 20;

/// Loads a `.cu` file, or a folder with a `candidate.json`:
///   {"name", "task", "author", "entry", "arguments": ["x", "w", "3"], "source": "kernel.cu",
///    "options": ["-use_fast_math"]}
/// of which all but the file named by "source" (default: the one .cu file of the folder) may be left out. A source may
/// say entry and arguments itself, in lines `// assay: entry = NAME` and `// assay: arguments = x, w, 3`.
[[nodiscard]] Result<Candidate> load_candidate(const std::filesystem::path& path);

/// The candidates of a tree `root/<task>/<name>.cu` (or `<name>/candidate.json`), with their tasks set, by task and
/// name.
[[nodiscard]] Result<std::vector<Candidate>> load_candidates(const std::filesystem::path& root);

} // namespace assay::eval
