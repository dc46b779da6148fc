// A candidate as its author wrote it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"

namespace assay::eval {

struct Candidate {
    std::string name;
    std::filesystem::path path; ///< of the source
    std::string source;
    std::string entry = "solve";
    std::string author;               ///< or the model; may be empty
    std::string task;                 ///< if candidate.json names one
    std::vector<std::string> options; ///< compile options, checked against the allow-list
    std::string hash;                 ///< of source, entry and options
};

inline constexpr std::size_t max_source_bytes = 1 << 20;

/// Loads a `.cu` file, or a folder with a `candidate.json`:
///   {"name", "task", "author", "entry", "source": "kernel.cu", "options": ["-use_fast_math"]}
/// of which all but the file named by "source" (default: the one .cu file of the folder) may be left out.
[[nodiscard]] Result<Candidate> load_candidate(const std::filesystem::path& path);

/// The candidates of a tree `root/<task>/<name>.cu` (or `<name>/candidate.json`), with their tasks set, by task and
/// name.
[[nodiscard]] Result<std::vector<Candidate>> load_candidates(const std::filesystem::path& root);

} // namespace assay::eval
