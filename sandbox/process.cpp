#include "sandbox/process.h"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <poll.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/layer.h"

namespace assay::sandbox {

namespace {

/// The kernel's struct clone_args, first version.
struct CloneArguments {
    std::uint64_t flags = 0, pidfd = 0, child_tid = 0, parent_tid = 0, exit_signal = 0, stack = 0, stack_size = 0,
                  tls = 0;
};

} // namespace

Child fork_child() {
    if (!is_switched_off(Layer::PidNamespace)) {
        CloneArguments arguments;
        arguments.flags = CLONE_NEWPID;
        arguments.exit_signal = SIGCHLD;
        const long pid = ::syscall(SYS_clone3, &arguments, sizeof arguments);
        if (pid >= 0) {
            return {static_cast<pid_t>(pid), true};
        }
    }
    return {::fork(), false};
}

Descriptor open_process(pid_t pid) {
    return Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

bool has_ended(const Descriptor& process) {
    pollfd entry{process.get(), POLLIN, 0};
    return ::poll(&entry, 1, 0) == 1 && entry.revents != 0;
}

void kill_tree(pid_t pid, const Descriptor& process) {
    if (process.get() >= 0) {
        ::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0);
    } else {
        ::kill(pid, SIGKILL);
    }
    ::kill(-pid, SIGKILL); // its group, which is its own and cannot pass to another before it is reaped
}

int reap(pid_t pid) {
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

} // namespace assay::sandbox
