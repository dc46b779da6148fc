// A user's rights: capabilities, the chance of new ones, and root itself.
#pragma once

#include <vector>

#include "base/error.h"
#include "sandbox/policy.h"

namespace assay::sandbox {

/// No exec gives this process or its children more rights than it has (set-user-id, file capabilities).
[[nodiscard]] Result<> forbid_new_privileges();

/// Gives up all capabilities. Root becomes nobody (65534) if `become_nobody` and nobody can read everything of
/// `visible`, which may lie in root's own folders. Clears the parent-death signal: set it after.
[[nodiscard]] Result<> drop_privileges(bool become_nobody, const std::vector<Visible>& visible);

/// No core dumps, and no other process of this user can trace this one or read its memory.
[[nodiscard]] Result<> forbid_dumping();

/// Memory that is not executable never becomes so, and none is writable and executable (Linux 6.3).
[[nodiscard]] Result<> forbid_new_code();

} // namespace assay::sandbox
