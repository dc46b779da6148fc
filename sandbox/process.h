// Processes by descriptor: started into a PID namespace, awaited and killed without a number that could change hands.
#pragma once

#include <sys/types.h>

#include "sandbox/descriptor.h"

namespace assay::sandbox {

struct Child {
    pid_t pid = -1; ///< 0 in the child, negative: errno says why there is none
    bool in_pid_namespace = false;
};

/// Forks; the child is the first process of a PID namespace of its own where that is allowed, so that everything it
/// starts dies with it.
[[nodiscard]] Child fork_child();

/// A descriptor of a process that has not been reaped; none where the kernel has no pidfd.
[[nodiscard]] Descriptor open_process(pid_t pid);
/// True when it has ended, whether or not it has been reaped.
[[nodiscard]] bool has_ended(const Descriptor& process);

/// Kills the process and its group: by descriptor where there is one, for the group is only an approximation.
void kill_tree(pid_t pid, const Descriptor& process);

/// Waits for a child's end; the status is that of waitpid.
[[nodiscard]] int reap(pid_t pid);

} // namespace assay::sandbox
