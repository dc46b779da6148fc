// Many candidates at once: a folder of files, or a file of JSON Lines, as samplers of language models write them.
#pragma once

#include <filesystem>
#include <vector>

#include "base/error.h"
#include "eval/candidate.h"

namespace assay::eval {

/// The candidates of a tree `root/<task>/<name>.cu` (or another file or folder that `load_candidate` takes, but for
/// README files), or of a `.jsonl` file, with their tasks set. A tree is in order of task and name, a file in its own.
/// Names are unique for each task.
///
/// Each line of a file is one object:
///   {"task": "softmax", "source": "...", "name": "...", "model": "...", "sample": 3, "prompt": "...",
///    "reasoning_length": 5120, "author": "...", "entry": "...", "arguments": [...], "options": [...]}
/// with "reply" instead of "source" for a language model's whole answer, of which the code is taken. All but the task
/// and the text may be left out; a candidate without a name is called after its model and sample, or its line. Any
/// other field is kept as it is in the candidate's origin, and so in its results. An Error names the line; what is
/// wrong with one candidate's text alone is not an Error but its verdict.
[[nodiscard]] Result<std::vector<Candidate>> load_candidates(const std::filesystem::path& root);

} // namespace assay::eval
