// A candidate as its author wrote it.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "plan/record.h"
#include "store/evaluation.h"

namespace assay::eval {

/// Why there is nothing to compile: a reply without code, a Python file that cannot be imported.
struct Unusable {
    store::Status status = store::Status::CompileError;
    std::string stage, check;
    Error error;
    std::uint32_t line = 0;
};

struct Candidate {
    std::string name;
    std::filesystem::path path; ///< of the source; of a record in a collection, "samples.jsonl:12"
    std::string file;           ///< what messages call the source
    std::string source;
    plan::Entry entry;                ///< where host code begins, and what it takes; empty: found by its usual names
    std::string author;               ///< or the model; may be empty
    std::string task;                 ///< if candidate.json names one
    std::vector<std::string> options; ///< compile options, checked against the allow-list
    std::string hash;                 ///< of source, entry and options: equal for what is written twice
    /// Where it comes from, kept in its results: "model", "sample", "prompt", "reasoning_length", and "taken": what was
    /// taken of a language model's reply.
    nlohmann::json origin = nlohmann::json::object();
    /// The source is a KernelBench file, in Python; import.h makes a CUDA source of it.
    bool python = false;
    bool ptx = false;                         ///< the source is PTX, and `entry.launches` says what is launched
    std::map<std::string, std::string> files; ///< beside a Python file, which names them
    std::optional<Unusable> unusable;
};

inline constexpr std::size_t max_source_bytes = 1 << 20;
inline constexpr std::size_t max_name_bytes = 200;

/// Loads a `.cu` file, a KernelBench file (`.py`), a language model's reply (`.md` or `.txt`, see reply.h), or a folder
/// with a `candidate.json`:
///   {"name", "task", "author", "entry", "arguments": ["x", "w", "3"], "source": "kernel.cu",
///    "options": ["-use_fast_math"], "model", "sample": 3, "prompt", "reasoning_length": 5120}
/// of which all but the file named by "source" (default: the one .cu or .ptx file of the folder) may be left out. The
/// source lies in the folder, links followed. With a `.ptx` source it says what is launched: "launches" and "scratch",
/// see plan/launch_list.h. A source may say entry and arguments itself, in lines
///   // assay: entry = NAME
///   // assay: arguments = x, w, 3
[[nodiscard]] Result<Candidate> load_candidate(const std::filesystem::path& path);

/// Whether `file` is there and lies below `folder`, links followed.
[[nodiscard]] bool lies_in(const std::filesystem::path& file, const std::filesystem::path& folder);

/// Whether load_candidate would take a file of this name.
[[nodiscard]] bool is_candidate_file(const std::filesystem::path& path);

/// Takes a text as the candidate's source: of a reply its code, or says in `unusable` why there is none, or that the
/// text is too long; reads directives and makes the hash. To be called last.
void set_source(Candidate& candidate, std::string text, bool is_reply);

} // namespace assay::eval
