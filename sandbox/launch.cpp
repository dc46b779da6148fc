// Between fork and exec the child becomes a session and process group of its own (one kill reaches whatever it starts),
// gives up the chance of new privileges, and takes its limits. The rest of its locking is its own doing (confine.h).
#include "sandbox/launch.h"

#include <algorithm>
#include <array>
#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/env.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/io.hpp>
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

#include "sandbox/descriptor.h"

namespace assay::sandbox {

namespace {

namespace process = boost::process;

/// What a worker needs of the environment: where libraries are, which devices to see, how to be debugged.
process::environment worker_environment() {
    constexpr std::array<std::string_view, 4> prefixes{"CUDA_", "ASSAY_", "NVIDIA_", "LD_LIBRARY_PATH="};
    constexpr std::array<std::string_view, 3> sanitizers{"ASAN_OPTIONS=", "UBSAN_OPTIONS=", "LSAN_OPTIONS="};
    const auto is_kept = [&](std::string_view entry) {
        const auto starts = [&](std::string_view prefix) { return entry.starts_with(prefix); };
        return std::ranges::any_of(prefixes, starts) || std::ranges::any_of(sanitizers, starts);
    };
    process::environment kept;
    for (char** entry = ::environ; entry != nullptr && *entry != nullptr; entry++) {
        const std::string_view text = *entry;
        if (const auto equals = text.find('='); equals != std::string_view::npos && is_kept(text)) {
            kept[std::string(text.substr(0, equals))] = std::string(text.substr(equals + 1));
        }
    }
    return kept;
}

// Only what is safe between fork and exec of a program with threads: system calls, no memory, no locks.

/// Closes, at exec, all descriptors above the channel's.
bool close_others() {
    constexpr unsigned first = channel_descriptor + 1;
    constexpr unsigned close_on_exec = 4; // CLOSE_RANGE_CLOEXEC, Linux 5.11
    if (::syscall(SYS_close_range, first, ~0U, close_on_exec) == 0) {
        return true;
    }
    rlimit descriptors{};
    if (::getrlimit(RLIMIT_NOFILE, &descriptors) != 0) {
        return false;
    }
    for (int i = first; i < static_cast<int>(std::min<rlim_t>(descriptors.rlim_cur, 1 << 20)); i++) {
        ::fcntl(i, F_SETFD, FD_CLOEXEC); // fails where nothing is open
    }
    return true;
}

/// Makes the forked child a worker; the name of what failed, or null.
const char* become_worker(const Limits& limits, int channel, pid_t supervisor) {
    sigset_t none;
    ::sigemptyset(&none);
    if (::sigprocmask(SIG_SETMASK, &none, nullptr) != 0) {
        return "sigprocmask";
    }
    if (::setsid() < 0) {
        return "setsid";
    }
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != supervisor) {
        return "PR_SET_PDEATHSIG";
    }
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return "PR_SET_NO_NEW_PRIVS";
    }
    if (::dup2(channel, channel_descriptor) < 0 || !close_others()) {
        return "passing on the channel";
    }
    if (!set_limits(limits, 0)) {
        return "setrlimit";
    }
    return nullptr;
}

} // namespace

Result<pid_t> launch(const std::string& role, const Limits& limits, const std::filesystem::path& program, int channel,
                     int output) {
    const pid_t supervisor = ::getpid();
    const auto setup = [&, channel, output](auto& executor) {
        const char* failed = ::dup2(output, STDOUT_FILENO) < 0 || ::dup2(output, STDERR_FILENO) < 0
                                 ? "dup2"
                                 : become_worker(limits, channel, supervisor);
        if (failed != nullptr) {
            executor.set_error(std::error_code(errno, std::system_category()), failed);
            ::_exit(EXIT_FAILURE);
        }
    };
    try {
        process::child child(process::exe = program.string(), process::args = {std::string("--worker"), role},
                             worker_environment(), process::std_in < process::null,
                             process::extend::on_exec_setup = setup);
        const pid_t pid = child.id();
        child.detach();
        return pid;
    } catch (const process::process_error& error) {
        return fail(fmt::format("a worker cannot start: {}", error.what()), program.string(),
                    "check the limits on processes and memory of this user");
    }
}

} // namespace assay::sandbox
