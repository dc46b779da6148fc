// Control groups: limits on a worker and everything it forks, as a sum. Where they are to be had: root has them, an
// ordinary user where a part of the tree was delegated to it.
#pragma once

#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

#include "base/error.h"

namespace assay::sandbox {

/// Groups of one process tree, of version 2 or 1, removed with this object (when their processes are gone).
class Cgroup {
public:
    /// Puts a process, and what it will fork, under limits: seven eighths of the machine's memory, and a number of
    /// threads that no worker needs. Removes what a killed supervisor left behind.
    [[nodiscard]] static Result<Cgroup> confine(pid_t pid);
    ~Cgroup();
    Cgroup(Cgroup&& other) noexcept;
    Cgroup& operator=(Cgroup&& other) noexcept;

private:
    Cgroup() = default;
    std::vector<std::filesystem::path> folders_;
};

} // namespace assay::sandbox
