// A root folder that holds only what a worker reads.
#pragma once

#include <vector>

#include "base/error.h"
#include "sandbox/policy.h"

namespace assay::sandbox {

/// Makes a new root for this process, which is alone in its mount namespace: an empty file system with `visible` at
/// their own paths, all read-only, without devices or set-user-id programs, and the old root gone. What does not exist
/// is skipped.
[[nodiscard]] Result<> enter_minimal_root(const std::vector<Visible>& visible);

} // namespace assay::sandbox
