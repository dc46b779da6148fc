// Landlock: a process gives up all files but a few, for itself and for whatever it starts.
//
// Linux 5.13 and later, without privileges (docs.kernel.org, "Landlock: unprivileged access control"). Where the kernel
// has a later ABI, TCP, device ioctls, and signals and abstract sockets of other processes go with them.
#pragma once

#include <filesystem>
#include <vector>

#include "base/error.h"

namespace assay::sandbox {

/// The kernel's Landlock ABI; 0: it has none, or it is switched off.
[[nodiscard]] int landlock_abi();

/// From now on this thread and its children can only read, and only below `readable` (what does not exist is skipped).
/// The process must have given up new privileges. It needs an ABI of at least 1.
[[nodiscard]] Result<> allow_only_reading(const std::vector<std::filesystem::path>& readable);

} // namespace assay::sandbox
