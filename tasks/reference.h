// The text of a reference program, with the headers of the operator library that it includes.
#pragma once

#include <map>
#include <string>

#include "base/error.h"
#include "tasks/task.h"

namespace assay::tasks {

/// What the compiler is given for a reference: the program and, by include name ("ops/matmul.cuh"), every header of
/// the operator library that it includes, directly or through another.
struct ReferenceSource {
    std::string text;
    std::map<std::string, std::string> headers;
};

/// Reads `task.reference` and its headers below the `reference` folder.
[[nodiscard]] Result<ReferenceSource> load_reference(const Task& task);

/// Identifies what a result was measured against: changes with the definition, the reference or a header it includes.
[[nodiscard]] std::string hash_of(const std::string& definition, const ReferenceSource& reference);

} // namespace assay::tasks
