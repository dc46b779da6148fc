// Landlock: a process gives up all files but a few, for itself and for whatever it starts.
//
// Linux 5.13 and later, without privileges (docs.kernel.org, "Landlock: unprivileged access control"). Where the kernel
// has a later ABI, TCP, device ioctls, and signals and abstract sockets of other processes go with them.
#pragma once

#include <vector>

#include "base/error.h"
#include "sandbox/descriptor.h"
#include "sandbox/policy.h"

namespace assay::sandbox {

/// The kernel's Landlock ABI; 0: it has none, or it is switched off.
[[nodiscard]] int landlock_abi();

/// What a process will be able to open, made once for many.
class LandlockRules {
public:
    /// Reading below `visible`, and writing and ioctl where an entry says so; what does not exist is skipped. An Error
    /// where the kernel has no Landlock.
    [[nodiscard]] static Result<LandlockRules> build(const std::vector<Visible>& visible);
    /// From now on this thread and its children can do no more. The process must have given up new privileges.
    [[nodiscard]] Result<> install() const;

private:
    Descriptor ruleset_;
};

} // namespace assay::sandbox
