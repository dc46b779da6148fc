// Seccomp: a process gives up all system calls but those of its policy.
//
// Allow-lists, through libseccomp (man 2 seccomp, man 3 seccomp_init). What is not on the list fails with EPERM; what
// no honest worker asks for (another program, tracing, sockets, mounts, io_uring, ...) ends the process with SIGSYS, so
// that an attempt is seen. Calls of another architecture (int 0x80, x32) end it too.
#pragma once

#include <linux/filter.h>
#include <vector>

#include "base/error.h"
#include "sandbox/policy.h"

namespace assay::sandbox {

/// A filter, compiled once and installed by each child, which takes microseconds.
class SeccompFilter {
public:
    [[nodiscard]] static Result<SeccompFilter> build(const Policy& policy);
    /// For all threads of this process, for good. The process must have given up new privileges.
    [[nodiscard]] Result<> install() const;

private:
    std::vector<sock_filter> program_;
};

} // namespace assay::sandbox
